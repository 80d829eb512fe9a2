"""What was bought, by subject."""

from orders.models.orders import Order, OrderEvent, OrderItem
from orders.models.parcels import Carrier, Parcel, ParcelLine
from orders.models.payments import (
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    Refund,
    SeenNonce,
)
from orders.models.sales import SalesCount

__all__ = [
    "Carrier",
    "Order",
    "OrderEvent",
    "OrderItem",
    "Parcel",
    "ParcelLine",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "Refund",
    "SalesCount",
    "SeenNonce",
]
