"""Choosing how to pay an order, and paying it from the balance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import Wallet
from accounts.refusals import NoPaymentPassword, WrongPaymentPassword
from orders import gateways
from orders.forms.payment import PayForm
from orders.models import Order, PaymentMethod
from orders.next_event import next_event
from orders.refusals import UnknownMethod
from orders.services import payment, settling
from orders.states import OrderStatus
from orders.views.devices import is_on_phone, way_of
from orders.views.gateways import go_to_gateway
from orders.views.guides import guide_to_payment_password
from shop import clock
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required

PAGE = "orders/order_pay.html"


@form_page
@sensitive_post_parameters("payment_password")
@never_cache
@login_required
def order_pay(request: HttpRequest, number: str) -> HttpResponse:
    """Choose how to pay an order, and pay it."""
    order = get_object_or_404(Order.objects.placed_by(request.user), number=number)
    settling.settle_read(order)
    if request.method == "POST":
        return _pay(request, order)
    if order.status != OrderStatus.PENDING_PAYMENT:
        return redirect(order)
    return render(request, PAGE, {"form": PayForm(), **_context(request, order)})


def _pay(request: HttpRequest, order: Order) -> HttpResponse:
    form = PayForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, PAGE, _context(request, order))
    method = form.cleaned_data["method"]
    if method == PaymentMethod.BALANCE:
        return _pay_by_balance(request, order, form)
    if method not in gateways.available():
        raise UnknownMethod
    tried = payment.begin_payment(order=order, method=method, way=way_of(request))
    return go_to_gateway(request, tried)


def _pay_by_balance(request: HttpRequest, order: Order, form: PayForm) -> HttpResponse:
    try:
        payment.pay_by_balance(
            order=order,
            digits=form.cleaned_data["payment_password"],
            total_shown=form.cleaned_data["total_shown"],
        )
    except NoPaymentPassword:
        return guide_to_payment_password(request)
    except WrongPaymentPassword as refusal:
        if wants_json(request):
            raise
        form.add_error("payment_password", str(refusal))
        return answer_errors(request, form, PAGE, _context(request, order))
    url = reverse("orders:order-detail", args=[order.number])
    message = _("Thank you. Your order is paid.")
    return answer(request, to=url, message=message, data={"url": url})


def _context(request: HttpRequest, order: Order) -> dict[str, object]:
    return {
        "is_on_phone": is_on_phone(request),
        "order": order,
        "wallet": get_object_or_404(Wallet, user=order.user_id),
        "gateways": [PaymentMethod(name) for name in gateways.available()],
        "next_event": next_event(order, clock.now()),
        "now": clock.now(),
    }
