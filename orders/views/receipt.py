"""Receiving an item with the payment password, and taking more time to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)

from accounts.refusals import NoPaymentPassword, WrongPaymentPassword
from orders.forms.payment import ReceiveForm
from orders.models import Order, OrderItem
from orders.services import extension, receipt, settling
from orders.views.guides import guide_to_payment_password
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required, require_POST
from shop.refusals import Refusal

RECEIVE_PAGE = "orders/item_receive.html"


@form_page
@sensitive_post_parameters("payment_password")
@never_cache
@login_required
def item_receive(request: HttpRequest, item_id: int) -> HttpResponse:
    """Confirm receipt of one item, and of no other, with the payment password."""
    own = OrderItem.objects.bought_by(request.user).select_related("order")
    item = get_object_or_404(own, pk=item_id)
    settling.settle_order(item.order_id)
    try:
        receipt.refuse_unless_receivable(item)
    except Refusal as refusal:
        return _answer_not_receivable(request, item, refusal)
    if request.method != "POST":
        context = {"form": ReceiveForm(), "item": item}
        return render(request, RECEIVE_PAGE, context)
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, RECEIVE_PAGE, {"item": item})
    return _receive(request, item, form)


@require_POST
@login_required
def order_extend(request: HttpRequest, number: str) -> HttpResponse:
    """Take the one extension of the time to receive."""
    order = get_object_or_404(Order.objects.placed_by(request.user), number=number)
    receive_by = extension.extend_by_buyer(order_id=order.pk)
    return answer(
        request,
        to=order,
        message=_("You have more time now. Automatic receipt waits for you."),
        data={"receive_by": receive_by.isoformat()},
    )


@sensitive_variables("digits")
def _receive(request: HttpRequest, item: OrderItem, form: ReceiveForm) -> HttpResponse:
    digits = form.cleaned_data["payment_password"]
    try:
        receipt.receive_by_buyer(item=item, digits=digits)
    except NoPaymentPassword:
        return guide_to_payment_password(request)
    except WrongPaymentPassword as refusal:
        if wants_json(request):
            raise
        form.add_error("payment_password", str(refusal))
        return answer_errors(request, form, RECEIVE_PAGE, {"item": item})
    review_url = reverse("reviews:review-detail", args=[item.pk])
    return answer(
        request,
        to=item.order,
        message=_("Receipt is confirmed. You can review the item now."),
        data={"review_url": review_url},
    )


def _answer_not_receivable(
    request: HttpRequest, item: OrderItem, refusal: Refusal
) -> HttpResponse:
    # Back to the order: this page would refuse again, and again.
    if wants_json(request):
        raise refusal
    messages.error(request, str(refusal))
    return redirect(item.order)
