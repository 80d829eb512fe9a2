"""Sending parcels: the whole order or a part of it (rows F7, F8)."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F
from django.utils import translation

from orders.messages import PARCEL_SENT, tell_buyer
from orders.models import Carrier, Order, OrderEvent, OrderItem, Parcel, ParcelLine
from orders.refusals import CannotShip
from orders.services import receipt_timer
from orders.services.events import write_event
from orders.states import ItemStatus, OrderStatus
from shop import clock
from shop.retry import whole_deed

SHIPPABLE = (OrderStatus.PAID, OrderStatus.PARTLY_SHIPPED)


@whole_deed
def ship(
    *,
    order_id: int,
    carrier: Carrier,
    tracking_number: str,
    quantities: Mapping[int, int],
    by_id: int,
) -> Parcel:
    """Send a parcel with so many of each item (by item id); none of an item: leave out.

    The receipt timer starts with the last parcel. Raises CannotShip when the order is
    not to be shipped, or less of an item is left than the parcel shall hold.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    packed = {pk: number for pk, number in quantities.items() if number}
    if order.status not in SHIPPABLE or not packed:
        raise CannotShip
    parcel = Parcel.objects.create(
        order=order,
        carrier=carrier,
        tracking_number=tracking_number,
        sent_at=clock.now(),
        sent_by_id=by_id,
    )
    for item_id, number in sorted(packed.items()):
        _pack(parcel, item_id, number)
    _move(order, parcel.sent_at)
    _tell(order, parcel)
    return parcel


def _tell(order: Order, parcel: Parcel) -> None:
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.SHIPPED,
        actor=OrderEvent.Actor.STAFF,
        by_id=parcel.sent_by_id,
        at=parcel.sent_at,
        # The carrier's word; pages say it in their own language.
        detail=f"{parcel.carrier} {parcel.tracking_number}",
    )
    with translation.override(order.language):
        carrier = str(Carrier(parcel.carrier).label)
    tell_buyer(
        PARCEL_SENT,
        order.pk,
        carrier=carrier,
        tracking_number=parcel.tracking_number,
    )


def _pack(parcel: Parcel, item_id: int, number: int) -> None:
    packed = OrderItem.objects.filter(
        pk=item_id,
        order=parcel.order_id,
        status__in=(ItemStatus.PAID, ItemStatus.PARTLY_SHIPPED),
        quantity__gte=F("shipped_quantity") + number,
    )
    if not packed.update(shipped_quantity=F("shipped_quantity") + number):
        raise CannotShip
    ParcelLine.objects.create(parcel=parcel, item_id=item_id, quantity=number)
    item = OrderItem.objects.filter(pk=item_id)
    item.filter(shipped_quantity=F("quantity")).update(status=ItemStatus.SHIPPED)
    item.filter(shipped_quantity__lt=F("quantity")).update(
        status=ItemStatus.PARTLY_SHIPPED
    )


def _move(order: Order, now: datetime) -> None:
    waiting = order.items.filter(shipped_quantity__lt=F("quantity"))
    if not waiting.exists():
        timer = receipt_timer.columns_at_start(now)
        Order.objects.move(order.pk, OrderStatus.SHIPPED, shipped_at=now, **timer)
    elif order.status == OrderStatus.PAID:
        Order.objects.move(order.pk, OrderStatus.PARTLY_SHIPPED)
