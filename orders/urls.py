"""The addresses of checkout and orders (docs/contract.md, "Checkout and orders")."""

from django.urls import path

from orders.views import (
    after_sales,
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
    shipping,
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
    path("orders/<slug:number>/remind/", shipping.order_remind, name="order-remind"),
    path("orders/<slug:number>/refund/", after_sales.order_refund, name="order-refund"),
    path("orders/<slug:number>/address/", shipping.order_address, name="order-address"),
    path("orders/<slug:number>/receipt/", invoices.order_receipt, name="order-receipt"),
    path("orders/<slug:number>/invoice/", invoices.order_invoice, name="order-invoice"),
    path(
        "orders/items/<int:item_id>/receive/", receipt.item_receive, name="item-receive"
    ),
    path(
        "orders/items/<int:item_id>/after-sale/",
        after_sales.item_after_sale,
        name="item-after-sale",
    ),
    path(
        "orders/after-sales/<int:after_sale_id>/",
        after_sales.after_sale_detail,
        name="after-sale-detail",
    ),
    path(
        "orders/after-sales/<int:after_sale_id>/withdraw/",
        after_sales.after_sale_withdraw,
        name="after-sale-withdraw",
    ),
    path(
        "orders/after-sales/<int:after_sale_id>/return/",
        after_sales.after_sale_return,
        name="after-sale-return",
    ),
    path(
        "orders/after-sales/<int:after_sale_id>/return/correct/",
        after_sales.after_sale_correct,
        name="after-sale-correct",
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
