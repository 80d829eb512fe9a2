"""What the clock will do next to an order, and when (row M1).

One pure function, which the order's page, the admin, the runner and the reminders ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.states import OrderStatus


class Deed(models.TextChoices):
    CLOSE = "close", _("the order closes, if it is not paid")
    RECEIVE = "receive", _("receipt is confirmed by itself")


@dataclass(frozen=True)
class NextEvent:
    deed: Deed
    at: datetime


def next_event(order: Order, now: datetime) -> NextEvent | None:
    """Return the next thing that the clock does to an order; None: nothing more.

    A pure function of loaded rows (`Order.objects.with_clock()`); what is overdue is
    next, too. While the receipt timer stands still it does nothing.
    """
    return min(_coming(order), key=lambda event: event.at, default=None)


def _coming(order: Order) -> Iterator[NextEvent]:
    if order.status == OrderStatus.PENDING_PAYMENT:
        yield NextEvent(Deed.CLOSE, order.pay_by)
    if order.status == OrderStatus.SHIPPED and order.receive_by:
        yield NextEvent(Deed.RECEIVE, order.receive_by)
