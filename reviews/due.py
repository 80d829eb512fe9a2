"""What the clock does to reviews: default praise (row G7)."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from orders.models import OrderItem
from reviews import services
from shop import clock, due


@due.task("praise", is_foreseen=True)
def items_to_praise(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the items that nobody reviewed in time."""
    late = OrderItem.objects.to_praise_by(moment).order_by("praise_at", "pk")
    rows = late.values_list("pk", "praise_at", "order__number")
    return [
        due.Deed(
            "praise",
            pk,
            praise_at or moment,
            partial(services.praise, pk),
            order_number=number,
            item_id=str(pk),
        )
        for pk, praise_at, number in rows[:limit]
    ]


@due.settler("orders")
def settle_orders(order_ids: Collection[int]) -> None:
    """Praise what is overdue of these orders."""
    late = OrderItem.objects.to_praise_by(clock.now()).filter(order__in=order_ids)
    services.praise_overdue(list(late.values_list("pk", flat=True)))
