"""Carts to test with: dull defaults, `changes` for what the test is about."""

import secrets

from cart.models import Cart, CartLine
from catalog.tests.factories import make_product


def make_cart(user=None, **changes):
    """Write an account's cart, which it may have already, or a visitor's."""
    if user:
        return Cart.objects.update_or_create(user=user, defaults=changes)[0]
    return Cart.objects.create(**{"token": secrets.token_hex(20), **changes})


def make_variant(**changes):
    return make_product(**changes).variants.select_related("product").get()


def make_line(cart, variant=None, quantity=1, **changes):
    """Write a line as it is, without the rules of the services."""
    variant = variant or make_variant()
    fields = {"price_when_added": variant.price, **changes}
    return CartLine.objects.create(
        cart=cart, variant=variant, quantity=quantity, **fields
    )


def cart_in(client, **changes):
    """Give a visitor's client a cart."""
    cart = make_cart(**changes)
    session = client.session
    session["cart"] = cart.token
    session.save()
    client.cookies["sessionid"] = session.session_key
    return cart
