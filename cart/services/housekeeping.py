"""Visitors' carts that nobody comes back to."""

from datetime import datetime

from cart.models import Cart
from shop.retry import whole_deed


@whole_deed
def forget_cart(cart_id: int, *, until: datetime) -> bool:
    """Take a visitor's cart away if nobody touched it after `until`; tell if it went.

    Whoever touches it at the same moment comes first, and it stays, or second, and
    begins a new one.
    """
    untouched = Cart.objects.untouched_since(until).select_for_update()
    cart = untouched.filter(pk=cart_id).first()
    if cart is None:
        return False
    cart.delete()
    return True
