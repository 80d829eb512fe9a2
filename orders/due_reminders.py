"""Whom the clock reminds of an order, once (row H5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F

from orders.models import Order
from orders.models.order_querysets import OrderQuerySet
from orders.reminder_messages import REVIEWS, UNPAID
from orders.services.reminding import remind_to_pay, remind_to_review
from shop import due, policy

#: Nobody is reminded to review any more that much later, as after a long silence.
LONG_AGO = timedelta(days=3)


@dataclass(frozen=True)
class Span:
    """When orders were completed whose buyers are reminded now, so long `after`."""

    since: datetime
    until: datetime
    after: timedelta


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


@due.task("remind", is_foreseen=True)
def orders_to_review(moment: datetime, most: int) -> list[due.Deed]:
    """Find the orders that were completed so long ago and have items to review."""
    span = review_span(moment)
    if span is None:
        return []
    rows = to_review_in(span, moment).order_by("completed_at", "pk")
    return [
        due.Deed(
            "remind_to_review",
            pk,
            completed_at + span.after,
            partial(remind_to_review, order_id=pk, moment=moment),
            order_number=number,
        )
        for pk, number, completed_at in rows.values_list(
            "pk", "number", "completed_at"
        )[:most]
        if completed_at
    ]


def review_span(moment: datetime) -> Span | None:
    """Return whom a run at `moment` reminds to review; None: the rule is off."""
    after = timedelta(days=policy.whole("review_reminder_days"))
    if not after:
        return None
    return Span(since=moment - after - LONG_AGO, until=moment - after, after=after)


def to_review_in(span: Span, moment: datetime) -> OrderQuerySet:
    """Return the orders, completed by now, whose buyers that run reminds."""
    waiting = Order.objects.to_review_at(moment, topic=REVIEWS.name)
    return waiting.filter(completed_at__gt=span.since, completed_at__lte=span.until)
