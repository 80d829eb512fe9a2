"""A shopper's orders: the list, one of them, cancelling it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders import listing, timeline
from orders.forms.payment import CancelForm, ReceiveForm
from orders.models import CouponUse, Invoice, Order, OrderEvent, Parcel
from orders.next_event import next_event
from orders.refusals import ReasonTooLong
from orders.services import (
    addresses,
    closing,
    extension,
    settling,
    ship_reminders,
)
from orders.services.after_sales.rules import unsent_of
from shop import clock
from shop.answers import answer
from shop.decorators import login_required, require_POST


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
    now = clock.now()
    order = get_object_or_404(own.with_items(now), number=number)
    if settling.settle_read(order):
        order = own.with_items(now).get(pk=order.pk)
    uses = CouponUse.objects.filter(order=order)
    context = {
        "now": now,
        "order": order,
        "coupon_use": uses.first() if order.discount_amount else None,
        "invoice": Invoice.objects.standing_of(order),
        "items": order.items.all(),
        "parcels": Parcel.objects.of_order(order),
        "moments": timeline.of(order),
        "is_late": order.is_overdue_to_ship(now),
        "can_remind": ship_reminders.can_be_reminded(order),
        "can_move": addresses.can_be_changed(order),
        "can_refund_rest": len(unsent_of(order.items.all())) > 1,
        "next_event": next_event(order, now),
        "extension": extension.offer_for(order),
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
