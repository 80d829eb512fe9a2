"""What the catalogue does to answers."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from catalog import browsing


class JoinedHistoryMiddleware:
    """Take the visitor's history out of the browser once an account has it.

    Else the next account that signs in there would get it too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "has_joined_history", False):
            browsing.delete_cookie(response)
        return response
