"""The cart's page and deeds, for accounts and visitors alike."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cart import page as cart_page
from cart import services
from cart.carts import cart_for, cart_of, lines_of
from cart.forms import AddForm, LineForm, TickForm
from cart.models import CartLine
from cart.refusals import BadRequest
from catalog.models import Product, Variant
from catalog.templatetags.catalog import words_of
from shop import clock
from shop.answers import answer, answer_errors, page_of, wants_json
from shop.decorators import require_POST
from shop.money import ZERO, plain

CART = "cart:cart-detail"
#: Where the session keeps what was removed last, until the next look at the cart.
UNDO = "cart_undo"


@require_safe
@never_cache
def cart_detail(request: HttpRequest) -> HttpResponse:
    """What was picked, and what it comes to; for htmx the panel alone."""
    context = {
        "page": cart_page.load(request),
        "undo": request.session.pop(UNDO, None) if UNDO in request.session else None,
    }
    response = render(request, _template(request), context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


@require_POST
@never_cache
def cart_add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the cart, from its page, a card, or an undo."""
    form = AddForm(request.POST)
    if not form.is_valid():
        raise _bad(form)
    variant = _on_sale(form.cleaned_data["variant"])
    services.add(
        cart=cart_for(request),
        variant_id=variant.pk,
        quantity=form.cleaned_data["quantity"],
    )
    name = words_of(variant.product, "name")
    return answer(
        request,
        to=page_of(request),
        message=_("“%(name)s” is in your cart.") % {"name": name},
        data={"cart_count": lines_of(request).units()},
    )


@require_POST
@never_cache
def line_change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change a line's quantity, its tick, or both."""
    line = _load(request, line_id)
    form = LineForm(request.POST)
    if not form.is_valid():
        context = {"page": cart_page.load(request), "faulty_line": line.pk}
        return answer_errors(request, form, _template(request), context)
    quantity, selected = form.cleaned_data["quantity"], form.cleaned_data["selected"]
    if selected:
        services.set_selected(line=line, is_selected=selected == "1")
    said = ""
    if quantity is not None:
        said = services.set_quantity(line=line, quantity=quantity)
    if quantity == 0:
        return _removed(request, line)
    return _changed(request, line, said)


@require_POST
@never_cache
def line_remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take a line out; the next page offers to undo it."""
    line = _load(request, line_id)
    services.remove(line=line)
    return _removed(request, line)


@require_POST
@never_cache
def cart_select_all(request: HttpRequest) -> HttpResponse:
    """Tick all lines, or none."""
    form = TickForm(request.POST)
    if not form.is_valid():
        raise _bad(form)
    is_selected = form.cleaned_data["selected"] == "1"
    cart = cart_of(request)
    if cart:
        services.select_all(cart=cart, is_selected=is_selected)
    message = _("Everything is ticked.") if is_selected else _("Nothing is ticked.")
    return answer(request, to=CART, message=message, data=_figures(request))


@require_POST
@never_cache
def cart_clear(request: HttpRequest) -> HttpResponse:
    """Take out what cannot be bought any more."""
    cart = cart_of(request)
    number = services.clear_dead(cart=cart, now=clock.now()) if cart else 0
    text = ngettext(
        "%(number)d item that is not for sale any more is gone.",
        "%(number)d items that are not for sale any more are gone.",
        number,
    )
    message = text % {"number": number}
    return answer(request, to=CART, message=message, data=_figures(request))


def _on_sale(variant_id: int) -> Variant:
    now = clock.now()
    on_sale = Variant.objects.filter(product__in=Product.objects.public(now))
    variant = get_object_or_404(on_sale.select_related("product"), pk=variant_id)
    services.settle_overdue([variant], now=now)
    return variant


def _load(request: HttpRequest, line_id: int) -> CartLine:
    lines = lines_of(request).with_variants().select_related("cart")
    line = get_object_or_404(lines, pk=line_id)
    services.settle_overdue([line.variant], now=clock.now())
    return line


def _template(request: HttpRequest) -> str:
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    return "cart/_cart.html" if is_fragment else "cart/cart_detail.html"


def _bad(form: Form) -> BadRequest:
    fields = {name: [str(e) for e in errors] for name, errors in form.errors.items()}
    return BadRequest(next(iter(fields.values()))[0], fields=fields)


def _changed(request: HttpRequest, line: CartLine, said: str) -> HttpResponse:
    """Answer with the figures, or with the cart and, first of all, what was clamped."""
    data = _figures(request, line)
    if wants_json(request):
        return answer(request, to=CART, message=said, data=data)
    if said:
        messages.warning(request, said)
    # A panel that changes under the finger says enough, and must not jump.
    is_seen = bool(said or request.htmx)  # type: ignore[attr-defined]
    return answer(
        request, to=CART, message="" if is_seen else _("The cart is changed.")
    )


def _removed(request: HttpRequest, line: CartLine) -> HttpResponse:
    name = words_of(line.product, "name")
    request.session.pop(UNDO, None)
    if not wants_json(request) and line.is_buyable_at(clock.now()):
        request.session[UNDO] = {"variant": line.variant_id, "quantity": line.quantity}
    message = _("“%(name)s” is removed.") % {"name": name}
    return answer(request, to=CART, message=message, data=_figures(request, line))


def _figures(request: HttpRequest, line: CartLine | None = None) -> dict[str, Any]:
    page = cart_page.load(request)
    figures: dict[str, Any] = {
        "cart_total": plain(page.goods),
        "cart_count": page.units,
    }
    if line:
        now = page.line(line.pk)
        figures["quantity"] = now.quantity if now else 0
        figures["line_total"] = plain(now.total if now else ZERO)
    return figures
