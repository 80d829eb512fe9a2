"""Paying: the page with its ways, the gateways' notices, the sandbox."""

import logging

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Wallet
from accounts.refusals import NoPaymentPassword, WrongPaymentPassword
from accounts.requests import account_of
from orders import gateways
from orders.forms.payment import PayForm
from orders.models import Order, Payment, PaymentMethod, Refund
from orders.next_event import next_event
from orders.refusals import UnknownMethod
from orders.services import closing, notices, payment
from orders.states import OrderStatus
from orders.views.guides import guide_to_payment_password
from shop import clock
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required, require_POST

logger = logging.getLogger(__name__)


@form_page
@sensitive_post_parameters("payment_password")
@never_cache
@login_required
def order_pay(request: HttpRequest, number: str) -> HttpResponse:
    """Choose how to pay an order, and pay it."""
    order = get_object_or_404(
        Order.objects.placed_by(request.user).with_items(clock.now()), number=number
    )
    if request.method == "POST":
        return _pay(request, order)
    if closing.close_overdue(order.pk):
        order.refresh_from_db()
    if order.status != OrderStatus.PENDING_PAYMENT:
        return redirect(order)
    return render(
        request, "orders/order_pay.html", {"form": PayForm(), **_context(order)}
    )


def _pay(request: HttpRequest, order: Order) -> HttpResponse:
    form = PayForm(request.POST)
    page = "orders/order_pay.html"
    if not form.is_valid():
        return answer_errors(request, form, page, _context(order))
    method = form.cleaned_data["method"]
    if method != PaymentMethod.BALANCE:
        return _go_to_gateway(request, order, method)
    try:
        payment.pay_by_balance(
            order=order, digits=form.cleaned_data["payment_password"]
        )
    except NoPaymentPassword:
        return guide_to_payment_password(request)
    except WrongPaymentPassword as refusal:
        if wants_json(request):
            raise
        form.add_error("payment_password", str(refusal))
        return answer_errors(request, form, page, _context(order))
    url = reverse("orders:order-detail", args=[order.number])
    message = _("Thank you. Your order is paid.")
    return answer(request, to=url, message=message, data={"url": url})


def _go_to_gateway(request: HttpRequest, order: Order, method: str) -> HttpResponse:
    gateway = gateways.available().get(method)
    if gateway is None:
        raise UnknownMethod
    begun = payment.begin_payment(order=order, method=method)
    url = gateway.start(begun)
    return answer(request, to=url, data={"url": url})


def _context(order: Order) -> dict[str, object]:
    return {
        "order": order,
        "wallet": get_object_or_404(Wallet, user=order.user_id),
        "gateways": [PaymentMethod(name) for name in gateways.available()],
        "next_event": next_event(order, clock.now()),
    }


@csrf_exempt  # signed instead
@require_POST
def notify(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a gateway's notice; repeats are harmless, forged ones are refused."""
    sender = gateways.available().get(gateway)
    if sender is None:
        raise Http404
    try:
        notices.take(sender, request)
    except gateways.BadNotice as reason:
        logger.warning("notice of %s refused: %s", gateway, reason)
        return HttpResponse("fail", status=400, content_type="text/plain")
    return HttpResponse("success", content_type="text/plain")


@form_page
@never_cache
def sandbox(request: HttpRequest, number: str) -> HttpResponse:
    """Play the gateway, in DEBUG only: let a payment succeed, fail, or go wrong."""
    if PaymentMethod.SANDBOX not in gateways.available():
        raise Http404
    return _sandbox(request, number)


@login_required
def _sandbox(request: HttpRequest, number: str) -> HttpResponse:
    payments = Payment.objects.made_by(account_of(request)).select_related("order")
    tried = get_object_or_404(payments, number=number, method=PaymentMethod.SANDBOX)
    if request.method == "POST":
        return _play_sandbox(request, tried)
    context = {"payment": tried, "notice": notices.sandbox_notice(tried)}
    return render(request, "orders/sandbox.html", context)


def _play_sandbox(request: HttpRequest, tried: Payment) -> HttpResponse:
    deed = request.POST.get("deed", "")
    if deed not in notices.SANDBOX_DEEDS:
        raise BadRequest("no such deed")
    notices.play_sandbox(tried, deed)
    order = Order.objects.get(pk=tried.order_id)
    if Refund.objects.filter(payment=tried).exists():
        messages.warning(request, _("The order needed no money: it goes back."))
    elif order.status == OrderStatus.PENDING_PAYMENT:
        messages.error(request, _("The payment failed. You can try again."))
        return redirect("orders:order-pay", order.number)
    else:
        messages.success(request, _("Thank you. Your order is paid."))
    return redirect(order)
