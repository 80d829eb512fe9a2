"""Sending parcels: the whole order or a part of it (rows F7, F8)."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import translation

from orders.messages import NUMBER_CORRECTED, PARCEL_SENT, tell_buyer
from orders.models import Carrier, Order, OrderEvent, OrderItem, Parcel, ParcelLine
from orders.models.after_sales import no_open_request
from orders.refusals import AddressMoved, CannotCorrect, CannotShip, ParcelKnown
from orders.services import progress
from orders.services.events import write_event
from orders.services.tracking import forget_scans
from orders.states import ItemStatus, OrderStatus
from shop import clock
from shop.messages import Kind
from shop.retry import whole_deed


@whole_deed
def ship(
    *,
    order_id: int,
    carrier: Carrier,
    tracking_number: str,
    quantities: Mapping[int, int],
    by_id: int,
    address_mark: str = "",
) -> Parcel:
    """Send a parcel with so many of each item (by item id); none of an item: leave out.

    The receipt timer starts with the last parcel. `address_mark` is that of the address
    on the label. Raises CannotShip when the order is not to be shipped, or less of an
    item is left than the parcel shall hold, or a request about it is open; ParcelKnown;
    AddressMoved.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    packed = {pk: number for pk, number in quantities.items() if number}
    if not order.is_to_ship or not packed:
        raise CannotShip
    if address_mark not in ("", order.address_mark):
        raise AddressMoved
    parcel = _new_parcel(order, carrier, tracking_number, by_id)
    for item_id, number in sorted(packed.items()):
        _pack(parcel, item_id, number)
    # First of all that follows: the history is read from top to bottom.
    _tell(order, parcel)
    _move(order, parcel.sent_at)
    return parcel


@whole_deed
def correct_number(
    *, parcel: Parcel, carrier: Carrier, tracking_number: str, by_id: int
) -> None:
    """Give a parcel the number that it really has; once, while it is under way.

    What was heard under the wrong number is forgotten. Raises CannotCorrect, or
    ParcelKnown.
    """
    order = Order.objects.select_for_update().get(pk=parcel.order_id)
    under_way = order.status in (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)
    now = clock.now()
    first = Parcel.objects.filter(pk=parcel.pk, corrected_at=None)
    _refuse_known(order.parcels.exclude(pk=parcel.pk), carrier, tracking_number)
    if not under_way or not first.update(
        carrier=carrier,
        tracking_number=tracking_number,
        corrected_at=now,
        ask_at=now,
    ):
        raise CannotCorrect
    forget_scans(parcel.pk)
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.NUMBER_CORRECTED,
        actor=OrderEvent.Actor.STAFF,
        by_id=by_id,
        at=now,
        detail=f"{parcel} > {carrier} {tracking_number}",
    )
    _tell_number(NUMBER_CORRECTED, order, carrier, tracking_number)


def _new_parcel(
    order: Order, carrier: Carrier, tracking_number: str, by_id: int
) -> Parcel:
    _refuse_known(order.parcels.all(), carrier, tracking_number)
    now = clock.now()
    return Parcel.objects.create(
        order=order,
        carrier=carrier,
        tracking_number=tracking_number,
        sent_at=now,
        sent_by_id=by_id,
        ask_at=now,
    )


def _refuse_known(
    parcels: "QuerySet[Parcel]", carrier: Carrier, tracking_number: str
) -> None:
    # The order's row is held, so nobody writes one between looking and writing.
    if parcels.filter(carrier=carrier, tracking_number=tracking_number).exists():
        raise ParcelKnown


def _tell(order: Order, parcel: Parcel) -> None:
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.SHIPPED,
        actor=OrderEvent.Actor.STAFF,
        by_id=parcel.sent_by_id,
        at=parcel.sent_at,
        # The carrier's word; pages say it in their own language.
        detail=str(parcel),
    )
    _tell_number(PARCEL_SENT, order, parcel.carrier, parcel.tracking_number)


def _tell_number(kind: Kind, order: Order, carrier: str, tracking_number: str) -> None:
    with translation.override(order.language):
        name = str(Carrier(carrier).label)
    tell_buyer(kind, order.pk, carrier=name, tracking_number=tracking_number)


def _pack(parcel: Parcel, item_id: int, number: int) -> None:
    packed = OrderItem.objects.filter(
        # The order's row is held, so nobody asks for a refund of it meanwhile.
        no_open_request(),
        pk=item_id,
        order=parcel.order_id,
        status__in=(ItemStatus.PAID, ItemStatus.PARTLY_SHIPPED),
        quantity__gte=F("shipped_quantity") + F("cancelled_quantity") + number,
    )
    if not packed.update(shipped_quantity=F("shipped_quantity") + number):
        raise CannotShip
    ParcelLine.objects.create(parcel=parcel, item_id=item_id, quantity=number)
    item = OrderItem.objects.get(pk=item_id)
    item.status = (
        ItemStatus.PARTLY_SHIPPED if item.unshipped_quantity else ItemStatus.SHIPPED
    )
    item.save(update_fields=["status"])


def _move(order: Order, now: datetime) -> None:
    if not progress.start_receipt_if_all_sent(order.pk, now):
        Order.objects.filter(status=OrderStatus.PAID).move(
            order.pk, OrderStatus.PARTLY_SHIPPED
        )
