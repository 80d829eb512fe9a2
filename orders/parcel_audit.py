"""What must always be true of parcels, deadlines and changes of address (row J3)."""

from collections.abc import Iterator

from django.db.models import F

from orders.models import ADDRESS, EventAddress, Order, OrderEvent, Parcel, ParcelLine
from orders.states import OrderStatus
from shop import audit

CHUNK = 500
#: In these an order has at least one parcel, and in the others it may have none.
WITH_PARCEL = {OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED}


@audit.check
def parcels_are_of_orders_that_left() -> Iterator[audit.Finding]:
    """What is shipped has a parcel; what is unpaid or only paid has none."""
    none_yet = (OrderStatus.PENDING_PAYMENT, OrderStatus.PAID)
    for pk in Parcel.objects.filter(order__status__in=none_yet).values_list(
        "pk", flat=True
    ):
        yield audit.Finding("parcel", "orders.Parcel", pk, "sent", "not sent")
    bare = Order.objects.filter(status__in=WITH_PARCEL, parcels=None)
    for pk in bare.order_by("pk").values_list("pk", flat=True):
        yield audit.Finding("parcel", "orders.Order", pk, "no parcel", "a parcel")


@audit.check
def parcels_hold_items_of_their_own_order() -> Iterator[audit.Finding]:
    """Nothing lies in a parcel of another order."""
    mixed = ParcelLine.objects.exclude(item__order=F("parcel__order")).order_by("pk")
    for pk, stored, expected in mixed.values_list("pk", "item__order", "parcel__order"):
        yield audit.Finding("parcel", "orders.ParcelLine", pk, stored, expected)


@audit.check
def corrected_numbers_have_their_event() -> Iterator[audit.Finding]:
    """A correction stands in the order's history, once a parcel."""
    for order in (
        Order.objects.filter(parcels__corrected_at__isnull=False)
        .order_by("pk")
        .distinct()
    ):
        corrected = order.parcels.filter(corrected_at__isnull=False).count()
        events = order.events.filter(kind=OrderEvent.Kind.NUMBER_CORRECTED)
        # A return's number is a matter of its request.
        told = events.filter(after_sale=None).count()
        if corrected != told:
            yield audit.Finding("corrected", "orders.Order", order.pk, told, corrected)


@audit.check
def orders_go_to_their_last_address() -> Iterator[audit.Finding]:
    """A changed address is the one that the last change names."""
    changes = EventAddress.objects.filter(role=EventAddress.Role.NEW)
    last = {
        change.event.order_id: change
        for change in changes.select_related("event").order_by("pk").iterator(CHUNK)
    }
    for order in Order.objects.filter(pk__in=last).order_by("pk"):
        change = last[order.pk]
        stored = [str(getattr(order, name)) for name in ADDRESS]
        expected = [str(getattr(change, name)) for name in ADDRESS]
        if stored != expected:
            # No names in a report: only that they differ.
            yield audit.Finding(
                "address", "orders.Order", order.pk, "another", "the last one"
            )
