"""An order that is not paid: closed by its buyer, by staff, or by its deadline."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext as _

from catalog import services as catalog
from catalog.models import Variant
from orders.models import Order, OrderEvent, OrderItem
from orders.refusals import AlreadyPaid, OrderClosed
from orders.services import coupons, invoices
from orders.services.events import write_event
from orders.states import ItemStatus, OrderStatus
from shop import clock
from shop.retry import whole_deed

#: Stored as it is; pages translate it (`orders.templatetags.orders`).
TIMED_OUT = "timed_out"


def cancel_order(
    *, order_id: int, actor: OrderEvent.Actor, reason: str, by_id: int | None = None
) -> None:
    """Close an order that is not paid yet and give its stock back, once.

    Raises AlreadyPaid or OrderClosed when it is too late.
    """
    close_overdue(order_id)
    _cancel(order_id, actor, reason, by_id)


@whole_deed
def _cancel(
    order_id: int, actor: OrderEvent.Actor, reason: str, by_id: int | None
) -> None:
    if not _close(order_id, reason, actor, clock.now(), by_id):
        status = Order.objects.values_list("status", flat=True).get(pk=order_id)
        if status == OrderStatus.CLOSED:
            raise OrderClosed(_("This order is closed already."))
        raise AlreadyPaid(_("This order is paid already. Only a refund can undo it."))


def close_overdue(order_id: int) -> bool:
    """Close an order whose time to pay is over; False when it is not, or not any more.

    It is closed at its deadline, whenever this runs.
    """
    overdue = Order.objects.unpaid_by(clock.now()).filter(pk=order_id)
    pay_by = overdue.values_list("pay_by", flat=True).first()
    # Every look at an order comes by here, and hardly any has to wait for writers.
    return pay_by is not None and _close_overdue(order_id, pay_by)


@whole_deed
def _close_overdue(order_id: int, pay_by: datetime) -> bool:
    return _close(order_id, TIMED_OUT, OrderEvent.Actor.SYSTEM, pay_by, None)


def settle_variants(variant_ids: Collection[int]) -> None:
    """Close the overdue orders that still hold units of these variants (row E2)."""
    now = clock.now()
    held = Variant.objects.filter(pk__in=list(variant_ids), held_until__lte=now)
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    holding = Order.objects.unpaid_by(now).filter(items__variant__in=ids).distinct()
    for order_id in holding.order_by("pay_by", "pk").values_list("pk", flat=True):
        close_overdue(order_id)
    _renew_holds(ids)


@whole_deed
def _renew_holds(variant_ids: Collection[int]) -> None:
    # A hold may also be of an order that was paid meanwhile; then there is a later one.
    for variant_id in sorted(variant_ids):
        # Held, so that no order is placed between looking and writing.
        Variant.objects.select_for_update().filter(pk=variant_id).first()
        catalog.release_hold(
            variant_id=variant_id, moment=_next_deadline_of(variant_id)
        )


def _close(
    order_id: int,
    reason: str,
    actor: OrderEvent.Actor,
    at: datetime,
    by_id: int | None,
) -> bool:
    unpaid = Order.objects.filter(status=OrderStatus.PENDING_PAYMENT)
    closed = unpaid.move(
        order_id, OrderStatus.CLOSED, closed_at=at, close_reason=reason
    )
    if not closed:
        return False
    _give_back(order_id)
    coupons.give_back(order_id=order_id, at=at)
    invoices.withdraw(order_id=order_id, at=at)
    OrderItem.objects.filter(order=order_id).update(status=ItemStatus.CLOSED)
    write_event(
        order_id=order_id,
        kind=OrderEvent.Kind.CLOSED,
        actor=actor,
        by_id=by_id,
        at=at,
        detail=reason,
    )
    return True


def _give_back(order_id: int) -> None:
    items = OrderItem.objects.filter(order=order_id).select_related("order")
    moves = [
        catalog.give_back(
            variant_id=item.variant_id,
            quantity=item.quantity,
            order_number=item.order.number,
        )
        for item in items.order_by("variant_id")
    ]
    catalog.refresh_stock(moves)


def _next_deadline_of(variant_id: int) -> datetime | None:
    unpaid = Order.objects.filter(
        status=OrderStatus.PENDING_PAYMENT, items__variant=variant_id
    )
    deadline: datetime | None = unpaid.aggregate(next=Min("pay_by"))["next"]
    return deadline
