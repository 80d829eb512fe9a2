"""What happened to the orders of a shop to try; the floors above hear of receipts."""

from orders.demo.order import DemoOrder
from orders.models import Order, OrderEvent, OrderItem, Parcel
from orders.signals import item_received
from orders.states import OrderStatus
from shop import clock, demo

Kind, Actor = OrderEvent.Kind, OrderEvent.Actor


def write_events(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    """Write all that happened up to shipping, or to closing."""
    sent = Parcel.objects.filter(order__in=orders.values())
    parcels = {parcel.order_id: parcel for parcel in sent}
    events = []
    for each in wanted:
        order = orders[each.token]
        happened = [(Kind.PLACED, Actor.BUYER, each.placed_at)]
        if each.is_paid:
            happened.append((Kind.PAID, Actor.BUYER, each.paid_at))
        if each.has_left:
            happened.append((Kind.SHIPPED, Actor.STAFF, each.shipped_at))
        if each.status == OrderStatus.CLOSED:
            happened.append((Kind.CLOSED, Actor.SYSTEM, order.pay_by))
        events += [
            OrderEvent(
                order=order,
                kind=kind,
                actor=actor,
                at=at,
                detail=_detail(kind, order, parcels),
            )
            for kind, actor, at in happened
        ]
    OrderEvent.objects.bulk_create(events, batch_size=500)


def _detail(kind: OrderEvent.Kind, order: Order, parcels: dict[int, Parcel]) -> str:
    if kind == Kind.SHIPPED:
        parcel = parcels[order.pk]
        return f"{parcel.carrier} {parcel.tracking_number}"
    return order.close_reason if kind == Kind.CLOSED else ""


def announce_received(orders: dict[str, Order], wishes: demo.Wishes) -> None:
    """Write every receipt, and say so to the floors above at its own time."""
    received = OrderItem.objects.filter(
        order__in=orders.values(), received_at__isnull=False
    ).select_related("order")
    items = list(received.order_by("pk"))
    OrderEvent.objects.bulk_create(
        [event for item in items for event in _receipt_events(item)], batch_size=500
    )
    for done, item in enumerate(items, start=1):
        # The floors above do what they do at every receipt.
        with clock.at(item.received_at or clock.now()):
            item_received.send(sender=OrderItem, item=item)
        wishes.progress(done, len(items))


def _receipt_events(item: OrderItem) -> list[OrderEvent]:
    # In the demo a received item is the last of its order.
    at = item.received_at or clock.now()
    buyer = {"order": item.order, "actor": Actor.BUYER, "at": at}
    return [
        OrderEvent(kind=Kind.RECEIVED, item=item, **buyer),
        OrderEvent(kind=Kind.COMPLETED, **buyer),
    ]
