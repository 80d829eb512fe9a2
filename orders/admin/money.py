"""Payments and refunds over all orders, to look at; a stuck refund can be turned."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fresh_login import fresh_login_required
from accounts.requests import account_of
from orders.models import Order, Payment, Refund
from orders.services import refunds
from orders.templatetags.orders import reason_words
from shop.admin_lists import LookOnly
from shop.decorators import require_POST
from shop.refusals import Refusal

REDIRECT = "orders.redirect_refund"


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
    change_form_template = "admin/orders/refund/change_form.html"
    list_display = ("created_at", "order_link", "amount", "why", "error", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "is_refused")
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
        "is_refused",
        "done_at",
        "is_to_balance",
    )

    def get_urls(self) -> list[URLPattern]:
        to_balance = path(
            "<int:pk>/to-balance/",
            self.admin_site.admin_view(require_POST(fresh_login_required(_to_balance))),
            name="orders_refund_to_balance",
        )
        return [to_balance, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        refund: Refund | None = kwargs.get("obj")
        may = account_of(request).has_perm(REDIRECT)
        context["can_redirect"] = may and refund and refund.can_turn_into_balance
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("order"))
    def order_link(self, refund: Refund) -> SafeString | str:
        return _link_to(refund.payment.order)

    @admin.display(description=_("reason"))
    def why(self, refund: Refund) -> str:
        return reason_words(refund.reason)


def _to_balance(request: HttpRequest, pk: int) -> HttpResponse:
    if not account_of(request).has_perms(["orders.view_refund", REDIRECT]):
        raise PermissionDenied
    refund = get_object_or_404(Refund.objects.select_related("payment__order"), pk=pk)
    try:
        refunds.turn_into_balance(refund=refund)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, gettext("The money is in the buyer's balance."))
    return redirect("admin:orders_refund_change", pk)


def _link_to(order: Order | None) -> SafeString | str:
    if order is None:
        return ""
    address = reverse("admin:orders_order_change", args=[order.pk])
    return format_html('<a href="{}">{}</a>', address, order.number)
