"""More time to receive: the buyer once, staff as often as it is needed (row G3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.models import Order, OrderEvent
from orders.refusals import (
    AlreadyExtended,
    AlreadyReceived,
    NotShipped,
    RequestOpen,
    TooEarly,
)
from orders.services import receipt_timer, settling
from orders.states import OrderStatus
from shop import clock, policy
from shop.retry import whole_deed

#: What staff may add at a time, in days (docs/order-life-cycle.md).
STAFF_DAYS = (3, 5, 7, 10)


@dataclass(frozen=True)
class Offer:
    """The buyer's one extension: so many days, from a moment on."""

    days: int
    window_days: int
    opens_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now


def extend_by_buyer(*, order_id: int) -> datetime:
    """Give the buyer the one extension; return the new deadline.

    Raises NotShipped, AlreadyReceived, AlreadyExtended, RequestOpen while the timer
    stands still, and TooEarly before the last days.
    """
    settling.settle_order(order_id)
    return _extend_by_buyer(order_id)


def extend_by_staff(*, order_id: int, days: int, by_id: int) -> None:
    """Add days to the time to receive, also while it stands still.

    Raises NotShipped or AlreadyReceived; ValueError for another number of days.
    """
    if days not in STAFF_DAYS:
        raise ValueError(days)
    settling.settle_order(order_id)
    _extend_by_staff(order_id, days, by_id)


def offer_for(order: Order) -> Offer | None:
    """Return what a buyer may still take; None: used, or no timer runs."""
    is_running = order.status == OrderStatus.SHIPPED and order.receive_by is not None
    return _offer(order) if is_running and order.extended_at is None else None


@whole_deed
def _extend_by_buyer(order_id: int) -> datetime:
    order = _locked_shipped(order_id)
    now = clock.now()
    if order.extended_at:
        raise AlreadyExtended
    if order.receive_by is None:
        raise RequestOpen
    offer = _offer(order)
    if not offer.is_open(now):
        raise TooEarly(offer.window_days)
    Order.objects.filter(pk=order_id).update(extended_at=now)
    receipt_timer.lengthen(
        order=order, days=offer.days, at=now, actor=OrderEvent.Actor.BUYER
    )
    return order.receive_by + timedelta(days=offer.days)


def _offer(order: Order) -> Offer:
    assert order.receive_by is not None  # noqa: S101, the timer runs
    rules = policy.amounts(["receipt_extension_days", "receipt_extension_window_days"])
    window = int(rules["receipt_extension_window_days"])
    opens_at = order.receive_by - timedelta(days=window)
    return Offer(int(rules["receipt_extension_days"]), window, opens_at)


@whole_deed
def _extend_by_staff(order_id: int, days: int, by_id: int) -> None:
    receipt_timer.lengthen(
        order=_locked_shipped(order_id),
        days=days,
        at=clock.now(),
        actor=OrderEvent.Actor.STAFF,
        by_id=by_id,
    )


def _locked_shipped(order_id: int) -> Order:
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status == OrderStatus.COMPLETED:
        raise AlreadyReceived
    if order.status != OrderStatus.SHIPPED:
        raise NotShipped
    return order
