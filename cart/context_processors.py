"""The number beside the cart in every page's header."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cart.carts import units_of


def cart(request: HttpRequest) -> dict[str, Any]:
    """Give templates the units in the cart; asked once a page, and only if shown."""
    return {"cart_count": SimpleLazyObject(lambda: units_of(request))}
