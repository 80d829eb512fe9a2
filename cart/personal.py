"""What the cart holds about a person, and how it goes (row A11)."""

from typing import Any

from accounts.models import User
from cart.models import Cart, CartLine
from catalog.templatetags.catalog import words_of
from shop.personal import Section, register, written


def lines_of(user: User) -> list[dict[str, Any]]:
    lines = CartLine.objects.filter(cart__user=user).with_variants().in_order()
    return [
        {
            "code": line.variant.code,
            "name": words_of(line.product, "name"),
            "quantity": line.quantity,
            "is_ticked": line.is_selected,
            "added_at": written(line.added_at),
        }
        for line in lines
    ]


def delete_cart(user: User) -> None:
    # The cart first, as whoever changes or orders it locks it first.
    for cart in Cart.objects.select_for_update().filter(user=user):
        cart.delete()


register(Section("cart", lines_of, make_nameless=delete_cart))
