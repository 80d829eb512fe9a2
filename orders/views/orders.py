"""A shopper's orders: the list, one of them, cancelling it, receiving an item."""

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
from django.views.decorators.http import require_safe

from accounts.refusals import NoPaymentPassword, WrongPaymentPassword
from orders import listing, timeline
from orders.forms.payment import CancelForm, ReceiveForm
from orders.models import CouponUse, Invoice, Order, OrderEvent, OrderItem, Parcel
from orders.next_event import next_event
from orders.refusals import ReasonTooLong
from orders.services import addresses, closing, receipt, settling, ship_reminders
from orders.views.guides import guide_to_payment_password
from shop import clock
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required, require_POST
from shop.refusals import Refusal

RECEIVE_PAGE = "orders/item_receive.html"


@require_safe
@never_cache
@login_required
def order_list(request: HttpRequest) -> HttpResponse:
    """My orders, in tabs."""
    settling.settle_orders_of(request.user)
    found = listing.load(
        user=request.user,
        status=request.GET.get("status", ""),
        query=request.GET.get("q", ""),
        page=request.GET.get("page", ""),
    )
    return render(request, "orders/order_list.html", {"listing": found})


@require_safe
@never_cache
@login_required
def order_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One order: items, parcels, what happened, and what the clock does next."""
    own = Order.objects.placed_by(request.user)
    order = get_object_or_404(own, number=number)
    settling.settle_read(order)
    uses = CouponUse.objects.filter(order=order)
    context = {
        "now": clock.now(),
        "order": order,
        "coupon_use": uses.first() if order.discount_amount else None,
        "invoice": Invoice.objects.standing_of(order),
        "items": order.items.with_links(clock.now()).in_order(),
        "parcels": Parcel.objects.of_order(order),
        "moments": timeline.of(order),
        "is_late": order.is_overdue_to_ship(clock.now()),
        "can_remind": ship_reminders.can_be_reminded(order),
        "can_move": addresses.can_be_changed(order),
        "next_event": next_event(order, clock.now()),
        "receive_form": ReceiveForm(),
    }
    return render(request, "orders/order_detail.html", context)


@require_POST
@login_required
def order_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an order while it is unpaid."""
    order = get_object_or_404(Order.objects.placed_by(request.user), number=number)
    form = CancelForm(request.POST)
    if not form.is_valid():
        raise ReasonTooLong
    reason = form.cleaned_data["reason"]
    closing.cancel_order(order_id=order.pk, actor=OrderEvent.Actor.BUYER, reason=reason)
    return answer(
        request,
        to=order,
        message=_("Your order is cancelled."),
        data={"status": "closed"},
    )


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
