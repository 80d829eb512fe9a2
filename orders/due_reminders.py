"""Whom the clock reminds of an order, once (row H5)."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import F

from orders.models import Order
from orders.reminder_messages import REVIEWS, UNPAID
from orders.services.reminding import remind_to_pay, remind_to_review
from shop import due, policy

#: Nobody is reminded to review any more that much later, as after a long silence.
LONG_AGO = timedelta(days=3)


@due.task("remind")
def orders_to_pay(moment: datetime, most: int) -> list[due.Deed]:
    """Find the orders that close soon; not those that were just placed."""
    before = timedelta(minutes=policy.whole("pay_reminder_minutes"))
    soon = Order.objects.to_pay_at(moment, topic=UNPAID.name).filter(
        pay_by__lte=moment + before, placed_at__lt=F("pay_by") - before
    )
    rows = soon.order_by("pay_by", "pk").values_list("pk", "number", "pay_by")
    return [
        due.Deed(
            "remind_to_pay",
            pk,
            pay_by - before,
            partial(remind_to_pay, order_id=pk, moment=moment),
            order_number=number,
        )
        for pk, number, pay_by in rows[:most]
    ]


@due.task("remind")
def orders_to_review(moment: datetime, most: int) -> list[due.Deed]:
    """Find the orders that were completed so long ago and have items to review."""
    after = timedelta(days=policy.whole("review_reminder_days"))
    if not after:
        return []
    waiting = Order.objects.to_review_at(moment, topic=REVIEWS.name).filter(
        completed_at__lte=moment - after, completed_at__gt=moment - after - LONG_AGO
    )
    rows = waiting.order_by("completed_at", "pk")
    return [
        due.Deed(
            "remind_to_review",
            pk,
            completed_at + after,
            partial(remind_to_review, order_id=pk, moment=moment),
            order_number=number,
        )
        for pk, number, completed_at in rows.values_list(
            "pk", "number", "completed_at"
        )[:most]
        if completed_at
    ]
