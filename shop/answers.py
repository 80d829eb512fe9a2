"""How a view answers: the page or a redirect for people, JSON for who asks for it."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import resolve
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from shop.refusals import Refusal


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the request asks for JSON rather than for a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == (
        "application/json"
    )


def answer(
    request: HttpRequest,
    *,
    to: Any,
    message: str | Promise = "",
    data: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer a deed that was done: 302 with a message, or JSON with `data`.

    `to` is whatever `redirect()` takes.
    """
    if wants_json(request):
        body = {"ok": True, **(data or {})}
        if message:
            body["message"] = str(message)
        return _json(body)
    if message:
        messages.success(request, str(message))
    return redirect(to)


def answer_errors(
    request: HttpRequest,
    form: BaseForm,
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer a form with bad fields: the page again (200), or JSON (400)."""
    if not wants_json(request):
        return render(request, template, {"form": form, **(context or {})})
    fields = {name: [str(e) for e in errors] for name, errors in form.errors.items()}
    first = next(iter(fields.values()))[0]
    body = {"ok": False, "error": "invalid", "message": first, "fields": fields}
    return _json(body, status=400)


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal as JSON, or with a message and the way back."""
    if wants_json(request):
        return json_error(refusal.status, refusal.error, str(refusal), **refusal.data)
    messages.error(request, str(refusal))
    return redirect(page_of(request))


def json_error(status: int, error: str, message: str, **data: Any) -> JsonResponse:
    """Build the JSON body that every error has."""
    body = {"ok": False, "error": error, "message": message, "fields": {}, **data}
    return _json(body, status=status)


def safe_next(request: HttpRequest, default: str) -> str:
    """Return the address `next` that the request names, if it stays in the shop."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    is_path = wish.startswith("/") and _is_ours(request, wish)
    return wish if is_path else resolve_url(default)


def page_of(request: HttpRequest) -> str:
    """Return the address of the page that the request came from or asked for.

    Never a deed: of an address that only takes POST, the nearest one above it that
    can be opened (`/cart/lines/3/remove/` -> `/cart/`).
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if referer and _is_ours(request, referer):
        parts = urlsplit(referer)
        if _can_be_opened(parts.path):
            return parts.path + (f"?{parts.query}" if parts.query else "")
    if _can_be_opened(request.path):
        return request.get_full_path()
    path = request.path
    while path != "/" and not _can_be_opened(path):
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return path


def _can_be_opened(path: str) -> bool:
    try:
        match = resolve(path)
    except Http404:
        return False
    return not getattr(match.func, "is_deed", False)


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def _json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(
        body, status=status, json_dumps_params={"ensure_ascii": False}
    )
    patch_vary_headers(response, ["Accept"])
    response["Cache-Control"] = "private, no-store"
    return response
