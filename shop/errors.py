"""The error pages, in both languages and as JSON, each with the request's id."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shop.answers import json_error, page_of, wants_json
from shop.logs import current_request_id

#: status: machine word, title, sentence
ERRORS: dict[int, tuple[str, str | Promise, str | Promise]] = {
    400: (
        "bad_request",
        _("That request was not understood"),
        _("Please go back and try again."),
    ),
    403: (
        "forbidden",
        _("You may not open this page"),
        _("Your account has no right to see or do this."),
    ),
    404: (
        "not_found",
        _("This page does not exist"),
        _("It may have moved, or the address has a typing mistake."),
    ),
    405: (
        "method_not_allowed",
        _("This address cannot be opened like that"),
        _("It belongs to a button. Please go back and press it."),
    ),
    413: (
        "too_large",
        _("That was too much at once"),
        _("Please send fewer or smaller files."),
    ),
    429: (
        "throttled",
        _("Too many tries"),
        _("Please wait a moment."),
    ),
    500: (
        "server_error",
        _("Something went wrong on our side"),
        _("Nothing of yours is lost. We have been told; please try again soon."),
    ),
}
#: Those that may pass on the page that they came from.
AGAIN = (403, 429)
OUT_OF_DATE = _("This page was out of date. Here it is anew: please try again.")
CSRF_TITLE = _("The page was open too long")
CSRF_SENTENCE = _("To protect you, please go back, reload the page and try again.")


def error_response(
    request: HttpRequest, status: int, *, message: str | Promise = ""
) -> HttpResponse:
    """Answer with the error page of `status`, or with its JSON."""
    error, title, sentence = ERRORS[status]
    return _error(request, status, error, title, message or sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST whose token is missing, stale or foreign (CSRF_FAILURE_VIEW)."""
    return _error(request, 403, "csrf_failed", CSRF_TITLE, CSRF_SENTENCE)


def is_bare(response: HttpResponseBase, statuses: Collection[int]) -> bool:
    """Tell whether a response is an error of these that does not look like ours yet.

    Django makes its own pages for them, with DEBUG on other ones than with DEBUG off,
    and an empty one for 405.
    """
    if response.status_code not in statuses or response.streaming:
        return False
    is_page = response.get("Content-Type", "text/html").startswith("text/html")
    return is_page and not getattr(response, "is_dressed", False)


def bad_request(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """handler400"""
    return _plain_error(request, 400)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body that nobody has read yet, nor shall."""
    return _plain_error(request, 413)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    return _plain_error(request, 500)


def _error(
    request: HttpRequest,
    status: int,
    error: str,
    title: str | Promise,
    sentence: str | Promise,
) -> HttpResponse:
    response: HttpResponse
    if wants_json(request):
        response = json_error(
            status, error, str(sentence), request_id=current_request_id()
        )
    elif "HX-Request" in request.headers:
        response = _page_anew(request, status, sentence)
    else:
        context = _context(status, title, sentence)
        if status in AGAIN:
            context["back"] = page_of(request)
        response = render(request, "errors/error.html", context, status=status)
    response.is_dressed = True  # type: ignore[attr-defined]
    return response


def _page_anew(
    request: HttpRequest, status: int, sentence: str | Promise
) -> HttpResponse:
    """Let the page be loaded anew and say why: htmx shows nothing of an error page.

    Mostly another window was quicker: a line is gone, or somebody signed in or out.
    """
    said = sentence if status == 429 else OUT_OF_DATE
    messages.warning(request, str(said), fail_silently=True)
    return HttpResponse(status=status, headers={"HX-Refresh": "true"})


def _plain_error(request: HttpRequest, status: int) -> HttpResponse:
    # Without the request, and so without session, account or database: whatever
    # broke may be one of those.
    error, title, sentence = ERRORS[status]
    if wants_json(request):
        return json_error(status, error, str(sentence), request_id=current_request_id())
    context = _context(status, title, sentence)
    html = render_to_string("errors/plain.html", context)
    response = HttpResponse(html, status=status)
    response.is_dressed = True  # type: ignore[attr-defined]
    return response


def _context(
    status: int, title: str | Promise, sentence: str | Promise
) -> dict[str, Any]:
    return {
        "status": status,
        "title": title,
        "sentence": sentence,
        "request_id": current_request_id(),
        "LANGUAGE_CODE": get_language(),
    }
