"""Whose cart: the account's, or the one whose token the visitor's session keeps."""

import secrets
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.throttle import reserve_hourly
from cart.models import Cart, CartLine, CartLineQuerySet
from shop.network import address_of

#: Where a visitor's session keeps the cart's token. Logging in keeps the session's
#: content (under a new key), logging out ends it.
SESSION_KEY = "cart"


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the cart of whoever asks, if there is one. Writes nothing."""
    owner = _owner(request)
    return Cart.objects.filter(**owner).first() if owner else None


def cart_for(request: HttpRequest) -> Cart:
    """Return the cart of whoever asks, made if need be: by one of two at once.

    Raises Throttled where a network address begins too many.
    """
    owner = _owner(request)
    if not owner:
        # A visitor who keeps no cookie leaves a cart and a session behind each time.
        reserve_hourly("carts", address_of(request), "visitor_carts_hourly")
    if not request.user.is_authenticated and not request.session.session_key:
        # Nobody else can be in a session that begins here: no need to look.
        return Cart.objects.create(token=_new_token(request, secrets.token_hex(20)))
    # From the session's random key: two first adds at once in one session agree.
    key = f"{request.session.session_key}"
    owner = owner or {"token": _new_token(request, key)}
    # The columns are unique: who comes second finds the first one's cart.
    cart, _created = Cart.objects.get_or_create(**owner)
    return cart


def lines_of(request: HttpRequest) -> CartLineQuerySet:
    """Return the lines of whoever asks: the scope of every load of a line."""
    owner = _owner(request)
    if not owner:
        return CartLine.objects.none()
    return CartLine.objects.filter(**{f"cart__{k}": v for k, v in owner.items()})


def units_of(request: HttpRequest) -> int:
    """Count the units in the cart of whoever asks; without a cart asks nothing."""
    return lines_of(request).units() if _owner(request) else 0


def _owner(request: HttpRequest) -> dict[str, Any]:
    if request.user.is_authenticated:
        return {"user": request.user}
    token = request.session.get(SESSION_KEY)
    return {"token": token} if token else {}


def _new_token(request: HttpRequest, key: str) -> str:
    digest = salted_hmac("cart.carts.token", key, algorithm="sha256").hexdigest()
    token = digest[:40]
    request.session[SESSION_KEY] = token
    return token
