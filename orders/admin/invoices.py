"""Invoices in the admin: issued, cancelled, made out anew; never edited (row E11)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.requests import account_of
from orders.forms.invoices import CancelInvoiceForm, IssueForm
from orders.models import Invoice, InvoiceState
from orders.services import invoices
from orders.templatetags.orders import reason_words
from shop.admin_lists import ListedLookups, LookOnly
from shop.decorators import require_POST
from shop.money import shown
from shop.refusals import Refusal

ISSUE = "orders.issue_invoice"


@admin.register(Invoice)
class InvoiceAdmin(LookOnly, ListedLookups, admin.ModelAdmin[Invoice]):
    """Invoices. Nothing is typed into them: two buttons move them on."""

    change_form_template = "admin/orders/invoice/change_form.html"
    list_display = (
        "order_link",
        "kind",
        "title",
        "shown_amount",
        "state",
        "number",
        "requested_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("order",)
    search_fields = ("=order__number", "=number", "=tax_number")
    search_help_text = _("Order number, invoice number or tax number, in full")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = (
        "order_link",
        "kind",
        "title",
        "tax_number",
        "shown_amount",
        "state",
        "number",
        "requested_at",
        "issued_at",
        "cancelled_at",
        "why",
        "replaces",
    )

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        deeds: list[tuple[str, Callable[[Invoice, Any], str], type[Form]]] = [
            ("issue", _issue, IssueForm),
            ("cancel", _cancel, CancelInvoiceForm),
        ]
        own = [
            path(
                f"<int:pk>/{name}/",
                guard(require_POST(self._deed(deed, form))),
                name=f"orders_invoice_{name}",
            )
            for name, deed, form in deeds
        ]
        return own + super().get_urls()

    def _deed(
        self, deed: Callable[[Invoice, Any], str], form_class: type[Form]
    ) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if not account_of(request).has_perms(["orders.view_invoice", ISSUE]):
                raise PermissionDenied
            invoice = get_object_or_404(Invoice.objects.select_related("order"), pk=pk)
            form = form_class(request.POST)
            if not form.is_valid():
                for sentence in (e for errors in form.errors.values() for e in errors):
                    messages.error(request, str(sentence))
                return redirect("admin:orders_invoice_change", pk)
            try:
                said = deed(invoice, form)
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, invoice, said)
                messages.success(request, said)
            return redirect("admin:orders_invoice_change", pk)

        return view

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        invoice: Invoice | None = kwargs.get("obj")
        if invoice and account_of(request).has_perm(ISSUE):
            if invoice.state == InvoiceState.REQUESTED:
                context["issue_form"] = IssueForm()
            if invoice.state != InvoiceState.CANCELLED:
                context["cancel_form"] = CancelInvoiceForm()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("order"))
    def order_link(self, invoice: Invoice) -> SafeString:
        to = reverse("admin:orders_order_change", args=[invoice.order_id])
        return format_html('<a href="{}">{}</a>', to, invoice.order.number)

    @admin.display(description=_("amount"), ordering="amount")
    def shown_amount(self, invoice: Invoice) -> str:
        return shown(invoice.amount)

    @admin.display(description=_("reason"))
    def why(self, invoice: Invoice) -> str:
        return reason_words(invoice.cancel_reason) or "–"


def _issue(invoice: Invoice, form: IssueForm) -> str:
    invoices.issue(invoice=invoice, number=form.cleaned_data["number"])
    return gettext("The invoice is issued.")


def _cancel(invoice: Invoice, form: CancelInvoiceForm) -> str:
    reason = form.cleaned_data["reason"]
    invoices.cancel(invoice=invoice, reason=reason, anew=form.wish())
    return gettext("The invoice is cancelled.")
