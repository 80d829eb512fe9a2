"""What staff see of orders, and what they may do about them (rows F7, I3)."""

from orders.admin import money, orders
from shop import roles

SEEN = (
    "orders.view_order",
    "orders.view_orderitem",
    "orders.view_orderevent",
    "orders.view_parcel",
    "orders.view_payment",
    "orders.view_refund",
)
for _role in (roles.ORDERS, roles.SUPPORT, roles.READONLY):
    roles.grant(_role, *SEEN)
roles.grant(roles.ORDERS, "orders.ship_order", "orders.cancel_order")

__all__ = ["money", "orders"]
