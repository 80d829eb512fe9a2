"""What a run of the clock will do to orders by a moment, and what follows (row M1).

Each order is lived on in memory, by `next_event`, one event after the other; nothing is
written. A property test holds that a run does just this.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial

from orders.due_reminders import Span, review_span, to_review_in
from orders.lived import Happening, live_on
from orders.models import Order, OrderItem
from orders.models.order_querysets import OrderQuerySet
from orders.next_event import OF_REQUESTS
from orders.reminder_messages import REVIEWS
from orders.services import sales, settling
from orders.states import OrderStatus
from shop import due, policy

#: The tasks of `run_due` that are foreseen here, and what their deeds are called.
TASKS: dict[str, tuple[str, ...]] = {
    "close_unpaid": ("close_unpaid",),
    "receive": ("receive",),
    "remind": ("remind_receipt", "remind_to_review"),
    "settle_requests": tuple(deed.value for deed in OF_REQUESTS),
    "praise": ("praise",),
    "refresh": ("refresh_sales",),
}
#: Copied onto rows when their timers start. The first is the floor above's.
RULES = ("review_days", "send_back_days")
CHUNK = 500


@due.foresight
def deeds_by(moment: datetime, only: Collection[str]) -> Iterator[due.Deed]:
    """Return all that a run at `moment` does to orders, of these tasks only.

    With what follows upon deeds of the other tasks.
    """
    wanted = {what for task in only for what in TASKS.get(task, ())}
    if wanted:
        deeds = list(_deeds_by(moment))
        deeds += _refreshed(moment, deeds)
        yield from (deed for deed in deeds if deed.what in wanted)


def _deeds_by(moment: datetime) -> Iterator[due.Deed]:
    rules = {name: int(number) for name, number in policy.amounts(RULES).items()}
    span = review_span(moment)
    for chunk in _concerned(moment, span):
        hearing = chunk.to_hear_of_reviews(REVIEWS.name).values_list("pk", flat=True)
        heard = set(hearing.order_by())
        for order in chunk.with_clock().order_by("pk"):
            for happening in live_on(order, moment, rules):
                yield _deed(order, happening)
            if span and order.pk in heard:
                yield from _reminded(order, span)


def _concerned(moment: datetime, span: Span | None) -> Iterator[OrderQuerySet]:
    """Return the orders to which anything happens by then, so many at a time."""
    found = [
        Order.objects.to_remind_by(moment).values_list("pk", flat=True),
        OrderItem.objects.to_praise_by(moment).values_list("order", flat=True),
    ]
    if span:
        found.append(to_review_in(span, moment).values_list("pk", flat=True))
    due_ids = Order.objects.ids_due_by(moment)
    ids = sorted(due_ids.union(*(rows.order_by() for rows in found)))
    for start in range(0, len(ids), CHUNK):
        yield Order.objects.filter(pk__in=ids[start : start + CHUNK])


def _reminded(order: Order, span: Span) -> Iterator[due.Deed]:
    """Remind of an order that was lived on, as `due_reminders` does once it is done."""
    at = order.completed_at
    is_completed = order.status == OrderStatus.COMPLETED
    if not is_completed or at is None or not span.since < at <= span.until:
        return
    if any(item.is_to_review for item in order.items.all()):
        yield _deed(order, Happening("remind_to_review", at + span.after))


def _refreshed(moment: datetime, deeds: Collection[due.Deed]) -> Iterator[due.Deed]:
    """Count sales anew where what is received now is thirty days old by then."""
    received = [deed.due_at for deed in deeds if deed.what == "receive"]
    due_at = sales.next_refresh(min(received, default=None))
    if due_at and due_at <= moment:
        refresh = partial(sales.refresh, moment)
        yield due.Deed("refresh_sales", f"{due_at:%FT%T}", due_at, refresh)


def _deed(order: Order, happening: Happening) -> due.Deed:
    return due.Deed(
        happening.what,
        (order.pk, happening.item_id),
        happening.at,
        partial(settling.settle_order, order.pk),
        order_number=order.number,
        item_id=str(happening.item_id or "-"),
    )
