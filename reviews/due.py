"""What the clock does to reviews: default praise (G7), looking for new words (G9)."""

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


@due.task("words")
def words_to_search_for(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the words that shown reviews are to be searched for, a batch at a time."""
    words = services.words_to_search(moment)
    if not words:
        return []
    places = tuple((each.pk, each.waits_since, each.searched_to) for each in words)
    since = min(each.waits_since or moment for each in words)
    search = partial(services.search_batch, words)
    return [due.Deed("search_words", places, since, search)]


@due.settler("orders")
def settle_orders(order_ids: Collection[int]) -> None:
    """Praise what is overdue of these orders."""
    late = OrderItem.objects.to_praise_by(clock.now()).filter(order__in=order_ids)
    services.praise_overdue(list(late.values_list("pk", flat=True)))
