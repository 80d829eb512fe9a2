"""What staff do about a parcel that has left, and what they print before (row F7)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import account_of
from orders.admin.deeds import SHIP, Page, again, done, has_right, refuse_without
from orders.forms.shipping import CorrectForm, ScanForm
from orders.models import Carrier, Order, Parcel, ScanKind
from orders.services import shipping, tracking
from orders.states import OrderStatus
from shop.decorators import require_POST
from shop.refusals import Refusal

SEE = "orders.view_order"
Deed = Callable[[Page, HttpRequest, Parcel], HttpResponse]


@dataclass(frozen=True)
class SlipLine:
    """An item on a packing slip, and how many of it the parcel holds."""

    item: Any
    quantity: int


def urls(page: Page, guard: Callable[..., Any]) -> list[URLPattern]:
    """Return the addresses below an order's page in the admin."""
    return [
        path(
            "<int:pk>/packing-slip/",
            guard(packing_slip),
            name="orders_order_packing_slip",
        ),
        path(
            "<int:pk>/parcels/<int:parcel_id>/correct/",
            guard(_deed_of(page, correct)),
            name="orders_parcel_correct",
        ),
        path(
            "<int:pk>/parcels/<int:parcel_id>/scan/",
            guard(_deed_of(page, scan)),
            name="orders_parcel_scan",
        ),
    ]


def forms_for(request: HttpRequest, order: Order) -> list[dict[str, Any]]:
    """Return each parcel of an order with the forms that there are for it now."""
    if not has_right(request, SHIP):
        return []
    return [
        {
            "parcel": parcel,
            "scan_form": ScanForm(parcel),
            "correct_form": CorrectForm(parcel)
            if _may_correct(order, parcel)
            else None,
        }
        for parcel in order.parcels.order_by("pk")
    ]


@require_safe
@never_cache
def packing_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """A slip to print and put into the parcel: goods, no prices, in its buyer's words.

    Without `parcel` it is about what is still to be sent; `language` is another one.
    """
    refuse_without(request, SEE)
    order = get_object_or_404(Order, pk=pk)
    wish = request.GET.get("language", "")
    language = wish if wish in dict(settings.LANGUAGES) else order.language
    parcel = _parcel_of(order, request.GET.get("parcel", ""))
    context = {
        "order": order,
        "parcel": parcel,
        "lines": _lines(order, parcel),
        "languages": settings.LANGUAGES,
    }
    with translation.override(language):
        return render(request, "admin/orders/order/packing_slip.html", context)


def correct(page: Page, request: HttpRequest, parcel: Parcel) -> HttpResponse:
    """Give a parcel the number that it really has, once."""
    form = CorrectForm(parcel, request.POST)
    if not form.is_valid():
        row = {"parcel": parcel, "correct_form": form}
        return again(page, request, parcel.order, form, "form", parcel_forms=[row])
    shipping.correct_number(
        parcel=parcel,
        carrier=Carrier(form.cleaned_data["carrier"]),
        tracking_number=form.cleaned_data["tracking_number"],
        by_id=account_of(request).pk,
    )
    said = _("The number is corrected; the buyer is told.")
    return done(page, request, parcel.order, said)


def scan(page: Page, request: HttpRequest, parcel: Parcel) -> HttpResponse:
    """Write down where a parcel was seen. Nothing is received by it."""
    form = ScanForm(parcel, request.POST)
    if not form.is_valid():
        row = {"parcel": parcel, "scan_form": form}
        return again(page, request, parcel.order, form, "form", parcel_forms=[row])
    tracking.note_scan(
        parcel=parcel,
        kind=ScanKind(form.cleaned_data["kind"]),
        text=form.cleaned_data["text"],
        by_id=account_of(request).pk,
    )
    said = _("The scan line is written; the buyer sees it.")
    return done(page, request, parcel.order, said)


def _deed_of(page: Page, deed: Deed) -> Callable[..., HttpResponse]:
    @require_POST
    @wraps(deed)
    def view(request: HttpRequest, pk: int, parcel_id: int) -> HttpResponse:
        refuse_without(request, SHIP)
        own = Parcel.objects.filter(order=pk).select_related("order")
        parcel = get_object_or_404(own, pk=parcel_id)
        try:
            return deed(page, request, parcel)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:orders_order_change", pk)

    return view


def _may_correct(order: Order, parcel: Parcel) -> bool:
    under_way = order.status in (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)
    return under_way and parcel.corrected_at is None


def _parcel_of(order: Order, wish: str) -> Parcel | None:
    if not wish.isdecimal() or len(wish) > 18:
        return None
    return order.parcels.filter(pk=wish).prefetch_related("lines__item").first()


def _lines(order: Order, parcel: Parcel | None) -> list[SlipLine]:
    if parcel is not None:
        lines = sorted(parcel.lines.all(), key=lambda line: line.item_id)
        return [SlipLine(line.item, line.quantity) for line in lines]
    items = list(order.items.in_order())
    left = [SlipLine(i, i.unshipped_quantity) for i in items if i.unshipped_quantity]
    return left or [SlipLine(item, item.quantity) for item in items]
