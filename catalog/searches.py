"""One's own searches: kept in a cookie of the browser, and nowhere else (row B9)."""

import base64
import binascii
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MOST = 8
LONGEST = 30
AGE = 90 * 24 * 3600


def own_searches(request: HttpRequest) -> list[str]:
    """Return what this browser searched last, the newest first."""
    cookie = request.COOKIES.get(settings.SEARCHES_COOKIE_NAME, "")
    try:
        found = json.loads(base64.urlsafe_b64decode(cookie.encode()))
    except (ValueError, binascii.Error, RecursionError):
        return []
    if not isinstance(found, list):
        return []
    return [text[:LONGEST] for text in found if isinstance(text, str) and text][:MOST]


def remember(request: HttpRequest, response: HttpResponse, query: str) -> None:
    """Put a search in front of the others."""
    if not query or len(query) > LONGEST:
        return
    others = [text for text in own_searches(request) if text != query]
    text = json.dumps([query, *others][:MOST], ensure_ascii=False)
    response.set_cookie(
        settings.SEARCHES_COOKIE_NAME,
        base64.urlsafe_b64encode(text.encode(errors="replace")).decode(),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Take them out of the browser."""
    response.delete_cookie(settings.SEARCHES_COOKIE_NAME, samesite="Lax")
