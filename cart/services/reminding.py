"""Reminding somebody of the cart that was left (row H5)."""

from datetime import timedelta

from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.notices import write_to
from cart.messages import CART_LEFT, CARTS
from cart.models import Cart, CartLine
from catalog.templatetags.catalog import words_of
from shop import clock, links
from shop.retry import whole_deed


@whole_deed
def remind_of_cart(*, cart_id: int, after: timedelta) -> bool:
    """Remind the owner once of a cart that is still left as it was; tell if so.

    Who touched it meanwhile, ordered, or does not want to hear is left in peace.
    """
    # Held, so that of two runners one writes, and nobody orders it meanwhile.
    held = Cart.objects.filter(pk=cart_id).select_for_update().first()
    left = Cart.objects.left(clock.now(), after=after, topic=CARTS.name)
    if held is None or not left.filter(pk=cart_id).exists():
        return False
    user = User.objects.get(cart=held)
    with translation.override(user.language):
        name = words_of(_newest(held).product, "name")
        address = links.absolute(reverse("cart:cart-detail"))
    write_to(user, CART_LEFT, name=name, address=address)
    Cart.objects.filter(pk=cart_id).update(reminded_at=clock.now())
    return True


def _newest(cart: Cart) -> CartLine:
    """Return the newest line of a left cart that can be ordered."""
    lines = CartLine.objects.filter(cart=cart).ticked().with_variants().in_order()
    return next(line for line in lines if line.is_buyable_at(clock.now()))
