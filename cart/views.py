"""The cart's page and deeds, for accounts and visitors alike."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cart import page as cart_page
from cart import services, undo
from cart.carts import cart_for, cart_of, lines_of
from cart.forms import AddForm, LineForm, TickForm, UndoForm
from cart.models import Cart, CartLine
from cart.refusals import BadRequest, OffShelf
from catalog import favourites
from catalog.models import Variant
from catalog.services.favourites import set_favourite
from catalog.templatetags.catalog import words_of
from shop import clock
from shop.answers import answer, answer_errors, page_of, wants_json
from shop.decorators import login_required, require_POST
from shop.refusals import Refusal

CART = "cart:cart-detail"
#: What adding asks of a variant: a product has a hundred columns more.
ADDING = (
    *("price", "prior_price", "price_due_at", "stock", "held_until"),
    *("product__name_zh", "product__name_en", "product__price"),
    *("product__status", "product__on_shelf_at", "product__category__is_visible"),
)


@require_safe
@never_cache
def cart_detail(request: HttpRequest) -> HttpResponse:
    """What was picked, and what it comes to; for htmx the panel alone."""
    page = cart_page.load(request)
    if wants_json(request):
        lines = [cart_page.figures_of(line) for line in page.all_lines]
        return answer(request, to=CART, data={**page.figures(), "lines": lines})
    context = {**_context(page), "undo": undo.take(request)}
    response = render(request, _template(request), context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


@require_POST
@never_cache
def cart_add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the cart, from its page or a card."""
    form = AddForm(request.POST)
    if not form.is_valid():
        raise _bad(form)
    variant = _on_sale(form.cleaned_data["variant"])
    cart = cart_for(request)
    try:
        services.add(cart=cart, variant=variant, quantity=form.cleaned_data["quantity"])
    except Refusal as refusal:
        if not _is_htmx(request):
            raise
        messages.error(request, str(refusal))
        return render(request, "cart/_added.html")
    return _answer_added(request, cart, words_of(variant.product, "name"))


@require_POST
@never_cache
def line_change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Change a line's quantity, its tick, or both."""
    line = _load(request, line_id)
    form = LineForm(request.POST)
    if not form.is_valid():
        page = cart_page.load(request)
        context = {**_context(page), "faulty_line": line.pk}
        return answer_errors(request, form, _template(request), context)
    if form.cleaned_data["quantity"] == 0:
        return _removed(request, line)
    clamped = services.change(line=line, **form.wishes)
    if clamped:
        return _answer(request, clamped, level=messages.WARNING, line=line)
    # A panel that changes under the finger says enough, and must not jump.
    is_seen = _is_htmx(request) or wants_json(request)
    said = "" if is_seen else _("The cart is changed.")
    return _answer(request, said, line=line)


@require_POST
@never_cache
def line_remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take a line out; the answer offers to undo it."""
    return _removed(request, _load(request, line_id))


@require_POST
@never_cache
def line_favourite(request: HttpRequest, line_id: int) -> HttpResponse:
    """Move a line to the favourites; a visitor signs in, and finds both."""
    line = _load(request, line_id)
    if not request.user.is_authenticated:
        favourites.remember_wish(request, line.product.pk)
    return _line_favourite(request, line)


@require_POST
@never_cache
def cart_undo(request: HttpRequest) -> HttpResponse:
    """Put back what was removed; a second time changes nothing."""
    form = UndoForm(request.POST)
    if not form.is_valid():
        raise _bad(form)
    cart = cart_of(request)
    lines = undo.read(form.cleaned_data["undo"], cart=cart)
    if cart:
        services.restore(cart=cart, lines=lines)
    return _answer(request, _("It is in your cart again, as it was."))


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
    said = _("Everything is ticked.") if is_selected else _("Nothing is ticked.")
    return _answer(request, said)


@require_POST
@never_cache
def cart_clear(request: HttpRequest) -> HttpResponse:
    """Take out what cannot be bought any more."""
    cart = cart_of(request)
    cleared = services.clear_dead(cart=cart, now=clock.now()) if cart else []
    text = ngettext(
        "%(number)d item that is not for sale any more is gone.",
        "%(number)d items that are not for sale any more are gone.",
        len(cleared),
    )
    return _answer(request, text % {"number": len(cleared)}, removed=cleared)


def _on_sale(variant_id: int) -> Variant:
    wanted = Variant.objects.select_related("product__category").only(*ADDING)
    now = clock.now()
    variant = get_object_or_404(wanted, pk=variant_id)
    if services.settle_overdue([variant], now=now):
        variant = get_object_or_404(wanted, pk=variant_id)
    if not variant.product.is_public(now):
        raise Http404
    return variant


def _answer_added(request: HttpRequest, cart: Cart, name: str) -> HttpResponse:
    """Answer with the count, what a card's page shows of it, or the way back."""
    said = _("“%(name)s” is in your cart.") % {"name": name}
    if wants_json(request):
        data = {"cart_count": cart.lines.units()}
        return answer(request, to=CART, message=said, data=data)
    messages.success(request, said)
    if _is_htmx(request):
        return render(request, "cart/_added.html")
    return redirect(page_of(request))


def _load(request: HttpRequest, line_id: int) -> CartLine:
    lines = lines_of(request).with_variants().select_related("cart")
    line = get_object_or_404(lines, pk=line_id)
    services.settle_overdue([line.variant], now=clock.now())
    return line


def _removed(request: HttpRequest, line: CartLine) -> HttpResponse:
    removed = services.remove(line=line)
    said = _("“%(name)s” is removed.") % {"name": words_of(line.product, "name")}
    return _answer(request, said, line=line, removed=removed)


@login_required
def _line_favourite(request: HttpRequest, line: CartLine) -> HttpResponse:
    product = favourites.find(request, line.product.pk)
    if product is None:
        raise OffShelf
    user_id = favourites.account_of(request)
    # Two deeds: should the second fail, it is in both places, and nothing is lost.
    set_favourite(user_id=user_id, product=product, wish=True)
    removed = services.remove(line=line)
    said = _("“%(name)s” has moved to your favourites.")
    name = words_of(product, "name")
    return _answer(request, said % {"name": name}, line=line, removed=removed)


def _answer(
    request: HttpRequest,
    said: str,
    *,
    level: int = messages.SUCCESS,
    line: CartLine | None = None,
    removed: Sequence[CartLine] = (),
) -> HttpResponse:
    """Answer a deed with the figures, the panel, or the way back to the cart.

    What was removed can be put back from each of them.
    """
    token = undo.written(removed)
    if wants_json(request):
        data = cart_page.load(request).figures(line)
        if token:
            data["undo"] = token
        return answer(request, to=CART, message=said, data=data)
    if said:
        messages.add_message(request, level, said)
    if _is_htmx(request):
        context = {**_context(cart_page.load(request)), "undo": token}
        return render(request, _template(request), context)
    undo.keep(request, token)
    return redirect(CART)


def _context(page: cart_page.CartPage) -> dict[str, Any]:
    # The header's number too: all lines are here, and need not be asked for again.
    return {"page": page, "cart_count": page.units}


def _template(request: HttpRequest) -> str:
    return "cart/_cart.html" if _is_htmx(request) else "cart/cart_detail.html"


def _is_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _bad(form: Form) -> BadRequest:
    fields = {name: [str(e) for e in errors] for name, errors in form.errors.items()}
    return BadRequest(next(iter(fields.values()))[0], fields=fields)
