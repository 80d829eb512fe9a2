"""The buttons on an order's page: each calls the service that the shop calls."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import account_of
from orders.forms.extension import ExtendForm
from orders.forms.shipping import ShipForm, StaffCancelForm
from orders.models import Carrier, Order, OrderEvent
from orders.refusals import CannotShip
from orders.services import closing, extension, shipping
from orders.states import OrderStatus
from shop.decorators import require_POST
from shop.refusals import Refusal

SHIP, CANCEL = "orders.ship_order", "orders.cancel_order"
EXTEND = "orders.extend_order"

Page = ModelAdmin[Order]
Deed = Callable[[Page, HttpRequest, Order], HttpResponse]


def may_ship(request: HttpRequest, order: Order) -> bool:
    """Tell whether the button is there: the right to, and something to ship."""
    return has_right(request, SHIP) and order.is_to_ship


def may_cancel(request: HttpRequest, order: Order) -> bool:
    is_unpaid = order.status == OrderStatus.PENDING_PAYMENT
    return has_right(request, CANCEL) and is_unpaid


def may_extend(request: HttpRequest, order: Order) -> bool:
    return has_right(request, EXTEND) and order.status == OrderStatus.SHIPPED


def deed_of(page: Page, deed: Deed) -> Callable[..., HttpResponse]:
    """Make an admin view of a deed: POST only; a refusal becomes a message."""

    @require_POST
    @wraps(deed)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        order = get_object_or_404(Order, pk=pk)
        try:
            return deed(page, request, order)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:orders_order_change", pk)

    return view


def ship(page: Page, request: HttpRequest, order: Order) -> HttpResponse:
    """Send a parcel with all that is left, or with a part of it."""
    refuse_without(request, SHIP)
    form = ShipForm(order, request.POST)
    if not form.items:
        raise CannotShip
    if not form.is_valid():
        return again(page, request, order, form, "ship_form")
    parcel = shipping.ship(
        order_id=order.pk,
        carrier=Carrier(form.cleaned_data["carrier"]),
        tracking_number=form.cleaned_data["tracking_number"],
        quantities=form.quantities(),
        by_id=account_of(request).pk,
        address_mark=form.cleaned_data["address_mark"],
    )
    said = _("The parcel is on its way: %(parcel)s.") % {
        "parcel": f"{parcel.get_carrier_display()} {parcel.tracking_number}"
    }
    return done(page, request, order, said)


def cancel(page: Page, request: HttpRequest, order: Order) -> HttpResponse:
    """Close an unpaid order; its buyer reads the reason."""
    refuse_without(request, CANCEL)
    form = StaffCancelForm(request.POST)
    if not form.is_valid():
        return again(page, request, order, form, "cancel_form")
    closing.cancel_order(
        order_id=order.pk,
        actor=OrderEvent.Actor.STAFF,
        reason=form.cleaned_data["reason"],
        by_id=account_of(request).pk,
    )
    return done(page, request, order, _("The order is cancelled."))


def extend(page: Page, request: HttpRequest, order: Order) -> HttpResponse:
    """Give the buyer some more days to receive."""
    refuse_without(request, EXTEND)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return again(page, request, order, form, "extend_form")
    days: int = form.cleaned_data["days"]
    extension.extend_by_staff(
        order_id=order.pk, days=days, by_id=account_of(request).pk
    )
    said = ngettext(
        "The buyer has %(days)d more day to receive.",
        "The buyer has %(days)d more days to receive.",
        days,
    )
    return done(page, request, order, said % {"days": days})


#: Each with the part of its address.
DEEDS: tuple[tuple[str, Deed], ...] = (
    ("ship", ship),
    ("cancel", cancel),
    ("extend", extend),
)


def urls(page: Page, guard: Callable[..., Any]) -> list[URLPattern]:
    """Return the addresses below an order's page in the admin."""
    return [
        path(
            f"<int:pk>/{name}/",
            guard(deed_of(page, deed)),
            name=f"orders_order_{name}",
        )
        for name, deed in DEEDS
    ]


def has_right(request: HttpRequest, right: str) -> bool:
    return account_of(request).has_perms(["orders.view_order", right])


def refuse_without(request: HttpRequest, right: str) -> None:
    if not has_right(request, right):
        raise PermissionDenied


def again(
    page: Page,
    request: HttpRequest,
    order: Order,
    form: Form,
    name: str,
    **more: Any,
) -> HttpResponse:
    """Show the form once more, with its errors and what was typed."""
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Order %(number)s") % {"number": order.number},
        "original": order,
        name: form,
        **more,
    }
    return TemplateResponse(request, "admin/orders/order/deed.html", context)


def done(page: Page, request: HttpRequest, order: Order, said: str) -> HttpResponse:
    page.log_change(request, order, said)
    messages.success(request, said)
    return redirect("admin:orders_order_change", order.pk)
