"""The till: one page to confirm, one deed to order."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.forms.fields import keep_errors
from accounts.models import Address
from accounts.requests import account_of
from accounts.services.addresses import Place, add_address
from accounts.throttle import reserve_hourly
from orders import checkout_page, coupon_codes
from orders.forms.checkout import BuyNowForm, CheckoutForm, NewAddressForm
from orders.services import coupons
from orders.services.placement import Checkout, place_order
from orders.states import OrderStatus
from shop import clock
from shop.answers import answer, answer_errors
from shop.decorators import form_page, login_required
from shop.refusals import Refusal

PAGE = "orders/checkout.html"
#: Where a session keeps what was typed into a checkout that comes back, each field up
#: to what the longest may hold.
TYPED, LONGEST = "checkout_typed", 200
KEPT = (
    "address",
    "note",
    "coupon",
    "invoice_kind",
    "invoice_title",
    "invoice_tax_number",
)
BuyNow = dict[int, int] | None


@form_page
@never_cache
@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """Confirm what is ordered, to whom, for how much; then order it."""
    buy_now = _buy_now(request)
    if request.method != "POST":
        # Of a session that has none, taking it away would be a change to write.
        typed = request.session.pop(TYPED) if TYPED in request.session else {}
        form = CheckoutForm(user=account_of(request), initial=typed)
        return _show(request, buy_now, form, typed.get("coupon"))
    for name, deed in BUTTONS.items():
        if name in request.POST:
            return deed(request, buy_now)
    form = CheckoutForm(request.POST, user=account_of(request))
    if form.is_valid():
        return _place(request, form, buy_now)
    return _show(request, buy_now, form, request.POST.get("coupon", ""))


def _refresh(request: HttpRequest, buy_now: BuyNow) -> HttpResponse:
    """Show the page again as typed, with the amounts of the coupon chosen."""
    if request.headers.get("HX-Trigger-Name") in ("province", "city"):
        context = {"form": _new_address(request)}
        return render(request, "accounts/_region_fields.html", context)
    form = CheckoutForm(request.POST, user=account_of(request))
    keep_errors(form)
    return _show(request, buy_now, form, request.POST.get("coupon", ""))


def _add_address(request: HttpRequest, buy_now: BuyNow) -> HttpResponse:
    """Write the new address into the book and choose it; the rest stays as typed."""
    new = NewAddressForm(request.POST)
    if not new.is_valid():
        form = CheckoutForm(request.POST, user=account_of(request))
        keep_errors(form)
        coupon = request.POST.get("coupon", "")
        return _show(request, buy_now, form, coupon, new)
    _keep_typed(request)
    address = add_address(
        user=account_of(request),
        place=new.place(),
        is_default=new.cleaned_data["is_default"],
    )
    _keep_typed(request, address=str(address.pk))
    return answer(
        request, to=request.get_full_path(), message=_("The address is saved.")
    )


def _claim(request: HttpRequest, buy_now: BuyNow) -> HttpResponse:
    """Claim the coupon of the code that was typed, and choose it."""
    _keep_typed(request)
    code = coupon_codes.clean(request.POST.get("code", ""))
    claimed = coupons.claim_counted(user=account_of(request), code=code)
    _keep_typed(request, coupon=claimed.coupon.code)
    return answer(
        request, to=request.get_full_path(), message=_("The coupon is yours.")
    )


#: Buttons in the midst of the form; any other one places the order.
BUTTONS = {"refresh": _refresh, "add_address": _add_address, "claim": _claim}


def _show(
    request: HttpRequest,
    buy_now: BuyNow,
    form: CheckoutForm,
    coupon: str | None,
    new_address: NewAddressForm | None = None,
) -> HttpResponse:
    page = checkout_page.load(
        user=account_of(request), buy_now=buy_now, now=clock.now(), coupon=coupon
    )
    if not page.lines:
        return _answer_nothing_left(request, buy_now)
    if request.method == "POST" and new_address is None:
        new_address = _new_address(request)
    context = {"page": page, "form": form, "new_address": new_address}
    faulty = new_address if new_address and new_address.errors else form
    if faulty.errors:
        return answer_errors(request, faulty, PAGE, context)
    return render(request, PAGE, context)


def _new_address(request: HttpRequest) -> NewAddressForm:
    changed = request.headers.get("HX-Trigger-Name")
    form = NewAddressForm.redrawn(request.POST, changed)
    if not isinstance(form, NewAddressForm):
        raise TypeError(form)
    return form


def _keep_typed(request: HttpRequest, **changes: str) -> None:
    sent = request.POST
    typed = {name: sent[name][:LONGEST] for name in KEPT if name in sent}
    request.session[TYPED] = typed | changes


def _place(request: HttpRequest, form: CheckoutForm, buy_now: BuyNow) -> HttpResponse:
    try:
        reserve_hourly("orders", str(account_of(request).pk), "orders_hourly")
        order = place_order(_checkout_of(request, form, buy_now))
    except Refusal:
        # The page is shown anew, with what was typed still in it.
        _keep_typed(request)
        raise
    to = reverse("orders:order-pay", args=[order.number])
    message = _("Your order is placed. Please pay within the time shown.")
    if order.status != OrderStatus.PENDING_PAYMENT:
        # Sent once more, by the Back button, after it was paid or closed.
        message = _("You have placed this order before.")
    data = {"number": order.number, "url": to}
    return answer(request, to=to, message=message, data=data)


def _answer_nothing_left(request: HttpRequest, buy_now: BuyNow) -> HttpResponse:
    """Lead back to where there may be something else to pick."""
    if buy_now is None:
        return redirect("cart:cart-detail")
    is_told = bool(len(messages.get_messages(request)))
    try:
        product = checkout_page.product_of(buy_now, clock.now())
    except Http404:
        if is_told:  # that it is off the shelf, since the page was shown
            return redirect("cart:cart-detail")
        raise
    if not is_told:
        messages.warning(request, _("It is sold out at the moment."))
    return redirect(product)


def _buy_now(request: HttpRequest) -> BuyNow:
    if "variant" not in request.GET:
        return None
    form = BuyNowForm(request.GET)
    if not form.is_valid():
        raise Http404
    return {form.cleaned_data["variant"]: form.cleaned_data["quantity"]}


def _checkout_of(request: HttpRequest, form: CheckoutForm, buy_now: BuyNow) -> Checkout:
    address: Address = form.cleaned_data["address"]
    return Checkout(
        user=account_of(request),
        token=form.cleaned_data["token"],
        place=_place_of(address),
        total_shown=form.cleaned_data["total_shown"],
        language=get_language() or "zh-hans",
        note=form.cleaned_data["note"],
        buy_now=buy_now,
        coupon=form.cleaned_data["coupon"],
        invoice=form.wish(),
        fingerprint=form.cleaned_data["fingerprint"],
    )


def _place_of(address: Address) -> Place:
    return Place(
        recipient=address.recipient,
        phone=str(address.phone),
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
    )
