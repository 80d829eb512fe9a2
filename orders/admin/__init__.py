"""What staff see of orders, and what they may do about them (rows F7, I3)."""

from orders.admin import after_sales, coupons, invoices, money, orders
from shop import roles

SEEN = (
    "orders.view_order",
    "orders.view_orderitem",
    "orders.view_orderevent",
    "orders.view_parcel",
    "orders.view_payment",
    "orders.view_refund",
    "orders.view_coupon",
    "orders.view_couponuse",
    "orders.view_invoice",
    "orders.view_aftersale",
)
for _role in (roles.ORDERS, roles.SUPPORT, roles.READONLY):
    roles.grant(_role, *SEEN)
roles.grant(
    roles.ORDERS, "orders.ship_order", "orders.cancel_order", "orders.issue_invoice"
)
# Whoever speaks with buyers may give them time; no money moves by it.
for _role in (roles.ORDERS, roles.SUPPORT):
    roles.grant(_role, "orders.extend_order")
for _role in (roles.ORDERS, roles.SUPPORT):
    roles.grant(_role, "orders.decide_aftersale")
roles.grant(roles.ORDERS, "orders.redirect_refund")
# Coupons are a matter of prices, so they are written by who writes those.
roles.grant(
    roles.CATALOGUE,
    "orders.view_coupon",
    "orders.add_coupon",
    "orders.change_coupon",
)

__all__ = ["after_sales", "coupons", "invoices", "money", "orders"]
