"""What every page of the shop needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shop import clock, kept_pages
from shop.answers import page_of
from shop.holes import Token
from shop.logs import current_request_id


def shop(request: HttpRequest) -> dict[str, Any]:
    """Give templates the shop's name, its present moment and the request's id."""
    # A page that is being kept has nobody's token in it.
    token = kept_pages.mark(Token())
    tokens = {} if token is None else {"csrf_token": token}
    return tokens | {
        "SHOP_NAME": settings.SHOP_NAME,
        "DEBUG": settings.DEBUG,
        "now": clock.now(),
        "request_id": current_request_id(),
        "this_page": page_of(request),
    }
