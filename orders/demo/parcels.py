"""The parcels of a shop to try, each with all that was sent of its order."""

import secrets

from orders.demo.order import DemoOrder
from orders.demo.scans import invented_number, write_scans
from orders.models import Carrier, Order, OrderItem, Parcel, ParcelLine


def write_parcels(wanted: list[DemoOrder], orders: dict[str, Order]) -> None:
    """Send what has left in one parcel an order, the carriers taking turns."""
    carriers = list(Carrier)
    parcels = []
    for place, each in enumerate(wanted):
        if each.has_left:
            carrier = carriers[place % len(carriers)]
            parcels.append(
                Parcel(
                    order=orders[each.token],
                    carrier=carrier,
                    tracking_number=invented_number(carrier, secrets.randbelow(10**12)),
                    sent_at=each.shipped_at,
                )
            )
    Parcel.objects.bulk_create(parcels, batch_size=500)
    written = Parcel.objects.filter(order__in=orders.values())
    write_scans(written.select_related("order").order_by("pk"))
    _write_lines(orders)


def _write_lines(orders: dict[str, Order]) -> None:
    of_order = dict(
        Parcel.objects.filter(order__in=orders.values()).values_list("order_id", "pk")
    )
    left = OrderItem.objects.filter(order__in=of_order, shipped_quantity__gt=0)
    ParcelLine.objects.bulk_create(
        [
            ParcelLine(parcel_id=of_order[order_id], item_id=pk, quantity=quantity)
            for pk, order_id, quantity in left.values_list(
                "pk", "order_id", "shipped_quantity"
            )
        ],
        batch_size=500,
    )
