"""Between the shop and its gateways: the payment's page, and their notices."""

import logging

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.requests import account_of
from orders import gateways
from orders.models import Payment, PaymentMethod
from orders.services import asking, begun, notices
from orders.views.devices import is_on_phone
from shop import clock
from shop.answers import answer
from shop.decorators import login_required, require_POST
from shop.network import sender_of

logger = logging.getLogger(__name__)


def go_to_gateway(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Lead to where a payment that has begun is paid. Raises GatewayAway."""
    begun.start(payment=payment, addresses=_addresses(request, payment))
    # Another host's address is no answer to a form: the browser's policy stops it
    # (form-action). So the payment's own page leads there.
    url = payment.pay_url
    if not url.startswith("/"):
        url = payment.get_absolute_url()
        url += "?go=1" if payment.pay_url.startswith("https:") else ""
    return answer(request, to=url, data={"url": url})


def _addresses(request: HttpRequest, payment: Payment) -> gateways.Addresses:
    notify_path = reverse("payment-notify", args=[payment.method])
    return gateways.Addresses(
        page=request.build_absolute_uri(payment.get_absolute_url()),
        notify=request.build_absolute_uri(notify_path),
        shopper=str(sender_of(request) or ""),
        is_on_phone=is_on_phone(request),
    )


@require_safe
@never_cache
@login_required
def payment_detail(request: HttpRequest, payment_number: str) -> HttpResponse:
    """Where a payment is paid, and where a gateway leads back to.

    It looks anew by itself until the gateway has told the end; htmx asks for that only,
    and hears nothing as long as there is nothing new.
    """
    payment = _own(request, payment_number)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        if not payment.is_open:
            response = HttpResponseClientRefresh()
    else:
        context = _context(request, payment)
        response = render(request, "orders/payment_detail.html", context)
        if context["asks_who_sends"]:
            # WeChat Pay lets in whom a page of the shop's registered host sends.
            response["Referrer-Policy"] = "origin"
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@never_cache
@login_required
def payment_check(request: HttpRequest, payment_number: str) -> HttpResponse:
    """Ask the gateway now, for who says that it is paid."""
    payment = _own(request, payment_number)
    if payment.is_open:
        asking.ask_for_shopper(payment)
        payment.refresh_from_db()
    if payment.is_open:
        messages.info(request, _("The money has not arrived yet."))
    data = {"status": payment.status}
    return answer(request, to=payment.get_absolute_url(), data=data)


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
        return sender.answer(is_taken=False)
    return sender.answer(is_taken=True)


def _own(request: HttpRequest, number: str) -> Payment:
    own = Payment.objects.made_by(account_of(request)).select_related("order")
    via_gateway = own.exclude(method=PaymentMethod.BALANCE)
    return get_object_or_404(via_gateway, number=number)


def _context(request: HttpRequest, payment: Payment) -> dict[str, object]:
    now, is_code = clock.now(), payment.pay_url.startswith("weixin:")
    is_over = payment.expires_at is not None and payment.expires_at <= now
    # Only on the way there: who comes back from the gateway stays.
    is_leaving = "go" in request.GET and not is_over
    return {
        "payment": payment,
        "is_over": is_over,
        "forward_url": payment.pay_url if is_leaving and not is_code else "",
        "asks_who_sends": payment.method == PaymentMethod.WECHAT and not is_code,
        "qr_code": _drawn(payment.pay_url) if is_code and payment.is_open else "",
        "now": now,
    }


def _drawn(text: str) -> SafeString:
    code = segno.make(text, error="m", micro=False)
    drawing = code.svg_inline(scale=6, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawing)  # noqa: S308, drawn by us, holds no text
