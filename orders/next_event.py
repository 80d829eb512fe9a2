"""What the clock will do next to an order, and when (row M1).

One pure function, which the order's page, the admin, the runner and the reminders ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import AfterSale, Order
from orders.states import AfterSaleKind, AfterSaleState, OrderStatus

#: What happens within so long is shown to staff as near.
SOON = timedelta(hours=24)


class Deed(models.TextChoices):
    CLOSE = "close", _("the order closes, if it is not paid")
    LATE = "late", _("the shop is told that it is late, if it has not shipped")
    RECEIVE = "receive", _("receipt is confirmed by itself")
    PRAISE = "praise", _("default praise, if no review is written")
    AGREE = "agree", _("the request is agreed to, if the shop does not answer")
    REFUND = "agree_refund", _("the money goes back, if the shop does not answer")
    EXPIRE = "expire", _("the request is closed, if nothing is sent back")
    REFUND_RETURN = "refund_return", _("the money of the return goes back by itself")
    FLAG = "flag", _("the shop is told that the exchange is late")


#: What the clock does to after-sale requests.
OF_REQUESTS = (
    Deed.AGREE,
    Deed.REFUND,
    Deed.EXPIRE,
    Deed.REFUND_RETURN,
    Deed.FLAG,
)


@dataclass(frozen=True)
class NextEvent:
    deed: Deed
    at: datetime


def next_event(order: Order, now: datetime) -> NextEvent | None:
    """Return the next thing that the clock does to an order; None: nothing more.

    A pure function of loaded rows (`Order.objects.with_clock()`); what is overdue is
    next, too. While the receipt timer stands still it does nothing.
    """
    return next(iter(coming_events(order, now)), None)


def coming_events(order: Order, now: datetime) -> list[NextEvent]:
    """Return all that the clock is to do to an order as it is, the first one first."""
    return sorted(_coming(order, now), key=lambda event: event.at)


def next_of_request(request: AfterSale) -> NextEvent | None:
    """Return the next thing that the clock does to a request; None: nothing more."""
    if request.decide_by is None:
        return None
    return NextEvent(_deed_of(request), request.decide_by)


def _deed_of(request: AfterSale) -> Deed:
    is_exchange = request.kind == AfterSaleKind.EXCHANGE
    if request.state == AfterSaleState.RETURN_GOODS:
        return Deed.EXPIRE
    if request.state == AfterSaleState.RETURNING:
        return Deed.FLAG if is_exchange else Deed.REFUND_RETURN
    is_money = request.kind == AfterSaleKind.REFUND_ONLY
    return Deed.REFUND if is_money else Deed.AGREE


def _coming(order: Order, now: datetime) -> Iterator[NextEvent]:
    if order.status == OrderStatus.PENDING_PAYMENT:
        yield NextEvent(Deed.CLOSE, order.pay_by)
        # Nothing of it can have left, or be asked about: its items need not be read.
        return
    # Once it is late, staff see it, and nothing more comes of it.
    if order.is_to_ship and order.ship_by and order.ship_by > now:
        yield NextEvent(Deed.LATE, order.ship_by)
    if order.status == OrderStatus.SHIPPED and order.receive_by:
        yield NextEvent(Deed.RECEIVE, order.receive_by)
    yield from _requests(order)
    yield from _praises(order)


def _requests(order: Order) -> Iterator[NextEvent]:
    for item in order.items.all():
        request: AfterSale | None = getattr(item, "open_after_sale", None)
        if request and (event := next_of_request(request)):
            yield event


def _praises(order: Order) -> Iterator[NextEvent]:
    for item in order.items.all():
        if item.praise_at and item.is_to_review:
            yield NextEvent(Deed.PRAISE, item.praise_at)
