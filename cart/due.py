"""What the clock does to carts."""

from datetime import datetime, timedelta
from functools import partial

from cart.models import Cart
from cart.services import forget_cart
from shop import due, policy


@due.task("cleanup")
def carts_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Find visitors' carts that nobody has touched for so long (policy)."""
    kept_for = timedelta(days=policy.whole("visitor_cart_days"))
    until = moment - kept_for
    untouched = Cart.objects.untouched_since(until).order_by("updated_at", "pk")
    return [
        due.Deed(
            "forget_cart",
            pk,
            updated_at + kept_for,
            partial(forget_cart, pk, until=until),
        )
        for pk, updated_at in untouched.values_list("pk", "updated_at")[:most]
    ]
