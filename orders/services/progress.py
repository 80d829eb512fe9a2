"""Where an order goes once its items are sent, received or refunded.

Part of the transaction of the deed that brings it there; the order is locked.
"""

from datetime import datetime

from orders.models import AfterSale, Order, OrderEvent, OrderItem
from orders.services import coupons, invoices, receipt_timer
from orders.services.events import write_event
from orders.states import REFUNDED_IN_FULL, SHIPPABLE, ItemStatus, OrderStatus

OVER = (ItemStatus.RECEIVED, ItemStatus.REFUNDED)


def follow_refund(order_id: int, actor: OrderEvent.Actor, at: datetime) -> None:
    """Move an order on, of which an item was refunded, if that was what it waited for.

    The rest of it ships, is received and completes as if nothing else had been bought.
    """
    if not end_if_over(order_id, actor, at):
        start_receipt_if_all_sent(order_id, at)


def start_receipt_if_all_sent(order_id: int, at: datetime) -> bool:
    """Start the receipt timer when nothing is left to send; tell whether it is so."""
    items = list(OrderItem.objects.filter(order=order_id).in_order())
    if any(item.unshipped_quantity for item in items):
        return False
    to_ship = Order.objects.filter(status__in=SHIPPABLE)
    timer = receipt_timer.columns_at_start(at)
    if to_ship.move(order_id, OrderStatus.SHIPPED, shipped_at=at, **timer):
        settle_timer(order_id, at)
    return True


def settle_timer(order_id: int, at: datetime) -> None:
    """Stop the receipt timer while a request is open, and let it go on after."""
    if AfterSale.objects.open().about(order_id).exists():
        receipt_timer.freeze(order_id=order_id, at=at)
    else:
        receipt_timer.resume(order_id=order_id, at=at)


def end_if_over(order_id: int, actor: OrderEvent.Actor, at: datetime) -> bool:
    """End an order whose items are all received or refunded; tell whether it is so.

    Completed if anything was ever received, else closed.
    """
    items = list(OrderItem.objects.filter(order=order_id).in_order())
    if any(item.status not in OVER for item in items):
        return False
    if any(item.received_at for item in items):
        _complete(order_id, actor, at)
    else:
        _close(
            order_id, actor, at, is_unsent=not any(i.shipped_quantity for i in items)
        )
    return True


def _complete(order_id: int, actor: OrderEvent.Actor, at: datetime) -> None:
    if Order.objects.move(order_id, OrderStatus.COMPLETED, completed_at=at):
        write_event(
            order_id=order_id, kind=OrderEvent.Kind.COMPLETED, actor=actor, at=at
        )


def _close(
    order_id: int, actor: OrderEvent.Actor, at: datetime, *, is_unsent: bool
) -> None:
    paid = Order.objects.exclude(paid_at=None)
    reason = {"closed_at": at, "close_reason": REFUNDED_IN_FULL}
    if not paid.move(order_id, OrderStatus.CLOSED, **reason):
        return
    if is_unsent:
        coupons.give_back(order_id=order_id, at=at)
    invoices.withdraw(order_id=order_id, at=at)
    write_event(
        order_id=order_id,
        kind=OrderEvent.Kind.CLOSED,
        actor=actor,
        at=at,
        detail=REFUNDED_IN_FULL,
    )
