"""What a buyer does before the parcel leaves: ask when, or send it elsewhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from accounts.forms.addresses import AddressForm
from accounts.models import Address
from accounts.requests import account_of
from orders.forms.addresses import BookForm, place_of, typed_form_of
from orders.models import Order
from orders.services import addresses, settling, ship_reminders
from shop.answers import answer, answer_errors, wants_json
from shop.decorators import form_page, login_required, require_POST
from shop.refusals import Refusal

PAGE = "orders/order_address.html"


@require_POST
@login_required
def order_remind(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the shop to ship soon, once a day."""
    order = _own(request, number)
    ship_reminders.remind_to_ship(order_id=order.pk)
    return answer(request, to=order, message=_("We have been told, and will hurry."))


@form_page
@never_cache
@login_required
def order_address(request: HttpRequest, number: str) -> HttpResponse:
    """Send an order elsewhere, while nothing of it has left."""
    order = _own(request, number)
    settling.settle_order(order.pk)
    order.refresh_from_db()
    try:
        addresses.refuse_unless_changeable(order)
    except Refusal as refusal:
        return _answer_fixed(request, order, refusal)
    if request.method != "POST":
        return _show(request, order, typed_form_of(order))
    if "refresh" in request.POST:
        return _redraw(request, order)
    return _change(request, order)


def _change(request: HttpRequest, order: Order) -> HttpResponse:
    form: AddressForm | BookForm = AddressForm(request.POST)
    if "address" in request.POST:
        form = BookForm(request.POST, user=account_of(request))
    if not form.is_valid():
        typed = form if isinstance(form, AddressForm) else typed_form_of(order)
        page = _page(request, order, typed) | {"book_form": form}
        return answer_errors(request, form, PAGE, page)
    if addresses.change_address(order_id=order.pk, place=form.place()):
        said = _("The address is changed.")
    else:
        said = _("The order goes there already.")
    return answer(request, to=order, message=said)


def _own(request: HttpRequest, number: str) -> Order:
    return get_object_or_404(Order.objects.placed_by(request.user), number=number)


def _show(request: HttpRequest, order: Order, form: AddressForm) -> HttpResponse:
    return render(request, PAGE, _page(request, order, form))


def _redraw(request: HttpRequest, order: Order) -> HttpResponse:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    form = AddressForm.redrawn(request.POST, htmx.trigger_name)
    template = "accounts/_region_fields.html" if htmx else PAGE
    response = render(request, template, _page(request, order, form))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(request: HttpRequest, order: Order, form: AddressForm) -> dict[str, Any]:
    own = Address.objects.of(account_of(request)).default_first()
    book = [address for address in own if place_of(address) != place_of(order)]
    return {"order": order, "form": form, "book": book}


def _answer_fixed(request: HttpRequest, order: Order, refusal: Refusal) -> HttpResponse:
    # Back to the order: this page would refuse again, and again.
    if wants_json(request):
        raise refusal
    messages.error(request, str(refusal))
    return redirect(order)
