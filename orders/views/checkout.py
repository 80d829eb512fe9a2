"""The till: one page to confirm, one deed to order."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Address
from accounts.requests import account_of
from accounts.services.addresses import Place
from orders import checkout_page
from orders.forms.checkout import BuyNowForm, CheckoutForm
from orders.models import Order
from orders.services.placement import Checkout, place_order
from shop import clock
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required
from shop.refusals import Refusal

#: Where a session keeps what was typed into a checkout that was refused.
TYPED = "checkout_typed"


@form_page
@never_cache
@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """Confirm what is ordered, to whom, for how much; then order it."""
    user = account_of(request)
    buy_now = _buy_now(request)
    if request.method == "POST":
        form = CheckoutForm(request.POST, user=user)
        if form.is_valid():
            return _place(request, form, buy_now)
    page = checkout_page.load(user=user, buy_now=buy_now, now=clock.now())
    if not page.lines:
        return _answer_nothing_left(request, buy_now)
    context = {"page": page, "buy_now": buy_now}
    if request.method == "POST":
        return answer_errors(request, form, "orders/checkout.html", context)
    form = CheckoutForm(user=user, initial=_initial(request))
    return render(request, "orders/checkout.html", {"form": form, **context})


def _initial(request: HttpRequest) -> dict[str, Any]:
    typed = request.session.pop(TYPED, {})
    own = Address.objects.of(account_of(request)).default_first()
    address = own.filter(pk=typed.get("address")).first() or own.first()
    return {"address": address, "note": typed.get("note", "")}


def _place(
    request: HttpRequest, form: CheckoutForm, buy_now: dict[int, int] | None
) -> HttpResponse:
    try:
        order = place_order(_checkout_of(request, form, buy_now))
    except Refusal:
        # The page is shown anew, with what was typed still in it.
        address: Address = form.cleaned_data["address"]
        note = form.cleaned_data["note"]
        request.session[TYPED] = {"address": address.pk, "note": note}
        raise
    return _answer_placed(request, order)


def _answer_nothing_left(
    request: HttpRequest, buy_now: dict[int, int] | None
) -> HttpResponse:
    """Lead back to where there may be something else to pick."""
    if buy_now is None:
        return redirect("cart:cart-detail")
    product = checkout_page.product_of(buy_now, clock.now())
    if not len(messages.get_messages(request)):
        messages.warning(request, _("It is sold out at the moment."))
    return redirect(product)


def _buy_now(request: HttpRequest) -> dict[int, int] | None:
    if "variant" not in request.GET:
        return None
    form = BuyNowForm(request.GET)
    if not form.is_valid():
        raise Http404
    return {form.cleaned_data["variant"]: form.cleaned_data["quantity"]}


def _checkout_of(
    request: HttpRequest, form: CheckoutForm, buy_now: dict[int, int] | None
) -> Checkout:
    address: Address = form.cleaned_data["address"]
    return Checkout(
        user=account_of(request),
        token=form.cleaned_data["token"],
        place=Place(
            recipient=address.recipient,
            phone=str(address.phone),
            province=address.province,
            city=address.city,
            district=address.district,
            street=address.street,
        ),
        total_shown=form.cleaned_data["total_shown"],
        language=get_language() or "zh-hans",
        note=form.cleaned_data["note"],
        buy_now=buy_now,
    )


def _answer_placed(request: HttpRequest, order: Order) -> HttpResponse:
    to = reverse("orders:order-pay", args=[order.number])
    message = _("Your order is placed. Please pay within the time shown.")
    data = {"number": order.number, "url": to}
    return answer(request, to=to, message=message, data=data)
