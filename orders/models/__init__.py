"""What was bought, by subject."""

from orders.models.addresses import EventAddress
from orders.models.after_sale_photos import AfterSalePhoto
from orders.models.after_sales import AfterSale
from orders.models.coupon_claims import ClaimedCoupon, CouponUse
from orders.models.coupons import Coupon, CouponAccess, CouponCode, CouponKind
from orders.models.events import OrderEvent
from orders.models.invoices import Invoice, InvoiceKind, InvoiceState
from orders.models.items import OrderItem
from orders.models.nonces import SeenNonce
from orders.models.orders import ADDRESS, Order
from orders.models.parcels import Carrier, Parcel, ParcelLine, ParcelScan, ScanKind
from orders.models.payments import (
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
)
from orders.models.refunds import Refund
from orders.models.sales import SalesCount

__all__ = [
    "ADDRESS",
    "AfterSale",
    "AfterSalePhoto",
    "Carrier",
    "ClaimedCoupon",
    "Coupon",
    "CouponAccess",
    "CouponCode",
    "CouponKind",
    "CouponUse",
    "EventAddress",
    "Invoice",
    "InvoiceKind",
    "InvoiceState",
    "Order",
    "OrderEvent",
    "OrderItem",
    "Parcel",
    "ParcelLine",
    "ParcelScan",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "Refund",
    "SalesCount",
    "ScanKind",
    "SeenNonce",
]
