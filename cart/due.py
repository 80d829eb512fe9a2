"""What the clock does to carts."""

from datetime import datetime, timedelta
from functools import partial

from cart.messages import CARTS
from cart.models import Cart
from cart.services import forget_cart, remind_of_cart
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


@due.task("remind")
def carts_to_remind_of(moment: datetime, most: int) -> list[due.Deed]:
    """Find accounts' carts that were left for so long (policy)."""
    after = timedelta(hours=policy.whole("cart_reminder_hours"))
    if not after:
        return []
    left = Cart.objects.left(moment, after=after, topic=CARTS.name)
    rows = left.order_by("updated_at", "pk").values_list("pk", "updated_at")
    return [
        due.Deed(
            "remind_of_cart",
            (pk, updated_at),
            updated_at + after,
            partial(remind_of_cart, cart_id=pk, after=after),
        )
        for pk, updated_at in rows[:most]
    ]
