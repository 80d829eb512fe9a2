"""Playing the gateway, in DEBUG only."""

import logging

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.requests import account_of
from orders import gateways
from orders.models import Payment, PaymentMethod, PaymentStatus, Refund
from orders.services import notices
from shop.decorators import form_page, login_required

logger = logging.getLogger(__name__)


@form_page
@never_cache
def sandbox(request: HttpRequest, number: str) -> HttpResponse:
    """Let a payment succeed, fail, or go wrong."""
    if PaymentMethod.SANDBOX not in gateways.available():
        raise Http404
    return _sandbox(request, number)


@login_required
def _sandbox(request: HttpRequest, number: str) -> HttpResponse:
    payments = Payment.objects.made_by(account_of(request)).select_related("order")
    tried = get_object_or_404(payments, number=number, method=PaymentMethod.SANDBOX)
    if request.method == "POST":
        return _play(request, tried)
    context = {"payment": tried, "notice": notices.sandbox_notice(tried)}
    return render(request, "orders/sandbox.html", context)


def _play(request: HttpRequest, tried: Payment) -> HttpResponse:
    deed = request.POST.get("deed", "")
    if deed not in notices.SANDBOX_DEEDS:
        raise BadRequest("no such deed")
    try:
        notices.play_sandbox(tried, deed)
    except gateways.BadNotice as reason:
        logger.warning("notice of sandbox refused: %s", reason)
        messages.error(request, _("The shop has refused this notice."))
        return redirect("orders:sandbox", tried.number)
    tried.refresh_from_db()
    return _tell(request, tried)


def _tell(request: HttpRequest, tried: Payment) -> HttpResponse:
    """Say what has become of the payment, on the page where that is seen."""
    if Refund.objects.filter(payment=tried).exists():
        messages.warning(request, _("This money was not needed: it goes back."))
    elif tried.status == PaymentStatus.FAILED:
        messages.error(request, _("The payment failed. You can try again."))
    if tried.status == PaymentStatus.OPEN or tried.order is None:
        return redirect(tried)
    if tried.status == PaymentStatus.FAILED:
        return redirect("orders:order-pay", tried.order.number)
    if not Refund.objects.filter(payment=tried).exists():
        messages.success(request, _("Thank you. Your order is paid."))
    return redirect(tried.order)
