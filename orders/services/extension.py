"""More time to receive: the buyer once, staff as often as it is needed (row G3)."""

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


def extend_by_buyer(*, order_id: int) -> None:
    """Give the buyer the one extension.

    Raises NotShipped, AlreadyReceived, AlreadyExtended, RequestOpen while the timer
    stands still, and TooEarly before the last days.
    """
    settling.settle_order(order_id)
    _extend_by_buyer(order_id)


def extend_by_staff(*, order_id: int, days: int, by_id: int) -> None:
    """Add days to the time to receive, also while it stands still.

    Raises NotShipped or AlreadyReceived; ValueError for another number of days.
    """
    if days not in STAFF_DAYS:
        raise ValueError(days)
    settling.settle_order(order_id)
    _extend_by_staff(order_id, days, by_id)


def may_extend(order: Order, now: datetime) -> bool:
    """Tell whether the buyer is offered the extension now."""
    is_running = order.status == OrderStatus.SHIPPED and order.receive_by is not None
    return is_running and order.extended_at is None and opens_at(order) <= now


def opens_at(order: Order) -> datetime:
    """Return from when on the extension of a running timer is offered."""
    assert order.receive_by is not None  # noqa: S101, the timer runs
    return order.receive_by - timedelta(days=policy.whole("extension_window_days"))


@whole_deed
def _extend_by_buyer(order_id: int) -> None:
    order = _locked_shipped(order_id)
    now = clock.now()
    if order.extended_at:
        raise AlreadyExtended
    if order.receive_by is None:
        raise RequestOpen
    if now < opens_at(order):
        raise TooEarly(policy.whole("extension_window_days"))
    Order.objects.filter(pk=order_id).update(extended_at=now)
    receipt_timer.lengthen(
        order=order,
        days=policy.whole("extension_days"),
        at=now,
        actor=OrderEvent.Actor.BUYER,
    )


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
