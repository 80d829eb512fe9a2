"""What a run of the clock will do to orders by a moment, and what follows (row M1).

Each order is lived on in memory, by `next_event`, one event after the other; nothing is
written. A property test holds that a run does just this.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial

from orders.lived import Happening, live_on
from orders.models import Order, OrderItem
from orders.next_event import OF_REQUESTS
from orders.services import settling
from shop import due, policy

#: The tasks of `run_due` that are foreseen here, and what their deeds are called.
TASKS: dict[str, tuple[str, ...]] = {
    "close_unpaid": ("close_unpaid",),
    "receive": ("receive",),
    "remind": ("remind_receipt",),
    "settle_requests": tuple(deed.value for deed in OF_REQUESTS),
    "praise": ("praise",),
}
#: Copied onto rows when their timers start. The first is the floor above's.
RULES = ("review_days", "send_back_days")
CHUNK = 500


@due.foresight
def deeds_by(moment: datetime, only: Collection[str]) -> Iterator[due.Deed]:
    """Return all that a run at `moment` does to orders, of these tasks only."""
    wanted = {what for task in only for what in TASKS.get(task, ())}
    if not wanted:
        return
    rules = {name: int(number) for name, number in policy.amounts(RULES).items()}
    for order in _concerned(moment):
        for happening in live_on(order, moment, rules):
            if happening.what in wanted:
                yield _deed(order, happening)


def _concerned(moment: datetime) -> Iterator[Order]:
    """Return the orders to which anything happens by then, with their clock."""
    reminded = Order.objects.to_remind_by(moment).values_list("pk", flat=True)
    praised = OrderItem.objects.to_praise_by(moment).values_list("order", flat=True)
    ids = sorted({*Order.objects.ids_due_by(moment), *reminded, *praised})
    for start in range(0, len(ids), CHUNK):
        chunk = Order.objects.filter(pk__in=ids[start : start + CHUNK])
        yield from chunk.with_clock().order_by("pk")


def _deed(order: Order, happening: Happening) -> due.Deed:
    return due.Deed(
        happening.what,
        (order.pk, happening.item_id),
        happening.at,
        partial(settling.settle_order, order.pk),
        order_number=order.number,
        item_id=str(happening.item_id or "-"),
    )
