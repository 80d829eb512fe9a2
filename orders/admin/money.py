"""Payments and refunds over all orders, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import LookOnly
from orders.models import Order, Payment, Refund
from orders.templatetags.orders import reason_words


@admin.register(Payment)
class PaymentAdmin(LookOnly, admin.ModelAdmin[Payment]):
    list_display = (
        "number",
        "kind",
        "order_link",
        "method",
        "amount",
        "status",
        "created_at",
    )
    list_filter = ("status", "kind", "method")
    list_select_related = ("order",)
    search_fields = ("number",)
    search_help_text = _("Payment number or order number, in full")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = (
        "number",
        "kind",
        "order_link",
        "method",
        "amount",
        "status",
        "reference",
        "created_at",
        "paid_at",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Payment]", search_term: str
    ) -> "tuple[QuerySet[Payment], bool]":
        if not search_term:
            return queryset, False
        term = search_term.strip()
        found = queryset.filter(number=term)
        if term.isdecimal():
            found = queryset.filter(order__number=term)
        return found, False

    @admin.display(description=_("order"))
    def order_link(self, payment: Payment) -> SafeString | str:
        return _link_to(payment.order)


@admin.register(Refund)
class RefundAdmin(LookOnly, admin.ModelAdmin[Refund]):
    list_display = ("created_at", "order_link", "amount", "why", "error", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    list_select_related = ("payment__order",)
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = (
        "order_link",
        "amount",
        "why",
        "created_at",
        "tries",
        "error",
        "done_at",
    )

    @admin.display(description=_("order"))
    def order_link(self, refund: Refund) -> SafeString | str:
        return _link_to(refund.payment.order)

    @admin.display(description=_("reason"))
    def why(self, refund: Refund) -> str:
        return reason_words(refund.reason)


def _link_to(order: Order | None) -> SafeString | str:
    if order is None:
        return ""
    address = reverse("admin:orders_order_change", args=[order.pk])
    return format_html('<a href="{}">{}</a>', address, order.number)
