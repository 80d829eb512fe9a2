"""What every request passes through."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

from shop import journal
from shop.answers import answer_refusal, wants_json
from shop.errors import ERRORS, bad_request, error_response, is_bare, too_large
from shop.logs import set_request_id
from shop.refusals import Refusal

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Give each request an id, and send it back as `X-Request-ID`.

    The id is always ours: a sender's own could forge a line of the log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = secrets.token_hex(8)
        set_request_id(request_id)
        # Before anything reads the body, and a disk fills with it.
        length = str(request.META.get("CONTENT_LENGTH", ""))
        if length.isdecimal() and int(length) > settings.LARGEST_BODY:
            response: HttpResponseBase = too_large(request)
            response["X-Request-ID"] = request_id
            return response
        with journal.asked_by(request):
            response = self.get_response(request)
        if is_bare(response, (400,)):
            # Refused before any view was reached, or with DEBUG on: a host, a cookie.
            response = bad_request(request)
        response["X-Request-ID"] = request_id
        return response


class SlashMiddleware(CommonMiddleware):
    """Django's own, but a POST without the last slash is no error with DEBUG on."""

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))


class LanguageMiddleware:
    """Choose the language where the address does not.

    The address decides on every page of the shop (`/…` Chinese, `/en/…` English). Two
    things remain: the admin and `/dev/` follow the account's language; and `/`, as
    long as no choice was made, sends a browser that prefers English to `/en/`.
    """

    ACCOUNT_DECIDES = ("/admin/", "/dev/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return self._home(request)
        if request.path.startswith(self.ACCOUNT_DECIDES):
            self._follow_the_account(request)
        return self.get_response(request)

    def _home(self, request: HttpRequest) -> HttpResponseBase:
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if not chosen and not request.user.is_authenticated:
            # Asked for any path without prefixes, Django looks at the header alone.
            preferred = translation.get_language_from_request(request)
            if preferred != settings.LANGUAGE_CODE:
                response: HttpResponseBase = redirect(f"/{preferred}/")
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
                return response
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def _follow_the_account(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = language in dict(settings.LANGUAGES)
        translation.activate(language if known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class RefusalMiddleware:
    """Turn refusals and bare error statuses into the shop's own answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not is_bare(response, (403, 404, 405)):
            return response
        dressed = error_response(request, response.status_code)
        if "Allow" in response:
            dressed["Allow"] = response["Allow"]
        return dressed

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, (SuspiciousOperation, BadRequest)):
            logger.warning("%s: %s", type(exception).__name__, exception)
            return bad_request(request)
        if not isinstance(exception, Refusal):
            return None
        keeps_status = exception.status in (403, 429) and not wants_json(request)
        response = (
            error_response(request, exception.status, message=exception.message)
            if keeps_status and exception.status in ERRORS
            else answer_refusal(request, exception)
        )
        if hasattr(exception, "retry_after"):
            response["Retry-After"] = str(exception.retry_after)
        return response
