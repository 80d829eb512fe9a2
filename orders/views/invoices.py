"""The receipt of an order, to print; asking for its invoice, or for another one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.forms.invoices import InvoiceForm
from orders.models import CouponUse, Invoice, Order
from orders.services import invoices, settling
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required

PAGE = "orders/order_invoice.html"


@require_safe
@never_cache
@login_required
def order_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """All that an order cost, on one sheet of paper."""
    order = _order(request, number)
    context = {
        "order": order,
        "items": order.items.in_order(),
        "coupon_use": CouponUse.objects.filter(order=order).first(),
        "invoice": Invoice.objects.standing_of(order),
        "payment": order.payments.filter(status="paid").order_by("pk").first(),
    }
    return render(request, "orders/order_receipt.html", context)


@form_page
@never_cache
@login_required
def order_invoice(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for an invoice, or for another in place of one that is not issued yet."""
    order = _order(request, number)
    invoice = Invoice.objects.standing_of(order)
    form = InvoiceForm(request.POST or None, initial=_initial(invoice))
    context = {"order": order, "invoice": invoice, "form": form}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return answer_errors(request, form, PAGE, context)
    invoices.request(order=order, wish=form.certain_wish())
    return answer(request, to=order, message=_("Your wish for an invoice is noted."))


def _order(request: HttpRequest, number: str) -> Order:
    order = get_object_or_404(Order.objects.placed_by(request.user), number=number)
    settling.settle_order(order.pk)
    order.refresh_from_db()
    return order


def _initial(invoice: Invoice | None) -> dict[str, str]:
    if invoice is None:
        return {}
    return {
        "invoice_kind": invoice.kind,
        "invoice_title": invoice.title,
        "invoice_tax_number": invoice.tax_number,
    }
