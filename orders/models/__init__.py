"""What was bought, by subject."""

from orders.models.orders import Order, OrderEvent, OrderItem
from orders.models.parcels import Carrier, Parcel, ParcelLine
from orders.models.payments import Payment, PaymentMethod, PaymentStatus, Refund
from orders.models.sales import SalesCount

__all__ = [
    "Carrier",
    "Order",
    "OrderEvent",
    "OrderItem",
    "Parcel",
    "ParcelLine",
    "Payment",
    "PaymentMethod",
    "PaymentStatus",
    "Refund",
    "SalesCount",
]
