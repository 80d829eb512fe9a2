"""The addresses of checkout and orders (docs/contract.md, "Checkout and orders")."""

from django.urls import path

from orders.views import (
    buy_now,
    checkout,
    coupons,
    gateways,
    invoices,
    keeping,
    orders,
    payment,
    receipt,
    sandbox,
    top_up,
)

app_name = "orders"

urlpatterns = [
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/buy-now/", buy_now.buy_now, name="buy-now"),
    path("orders/", orders.order_list, name="order-list"),
    path("orders/coupons/", coupons.coupon_list, name="coupon-list"),
    path("orders/coupons/claim/", coupons.coupon_claim, name="coupon-claim"),
    path("orders/<slug:number>/", orders.order_detail, name="order-detail"),
    path("orders/<slug:number>/pay/", payment.order_pay, name="order-pay"),
    path("orders/<slug:number>/extend/", receipt.order_extend, name="order-extend"),
    path("orders/<slug:number>/cancel/", orders.order_cancel, name="order-cancel"),
    path("orders/<slug:number>/again/", keeping.order_again, name="order-again"),
    path("orders/<slug:number>/hide/", keeping.order_hide, name="order-hide"),
    path("orders/<slug:number>/restore/", keeping.order_restore, name="order-restore"),
    path("orders/<slug:number>/receipt/", invoices.order_receipt, name="order-receipt"),
    path("orders/<slug:number>/invoice/", invoices.order_invoice, name="order-invoice"),
    path(
        "orders/items/<int:item_id>/receive/", receipt.item_receive, name="item-receive"
    ),
    path("pay/top-up/", top_up.top_up, name="top-up"),
    path("pay/sandbox/<slug:number>/", sandbox.sandbox, name="sandbox"),
    path("pay/<slug:payment_number>/", gateways.payment_detail, name="payment-detail"),
    path(
        "pay/<slug:payment_number>/check/",
        gateways.payment_check,
        name="payment-check",
    ),
]
