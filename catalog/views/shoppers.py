"""What a shopper keeps of the catalogue: favourites, history, a comparison."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import browsing, comparison, listing, picks, services
from catalog.favourites import account_of, favourite_ids, find, remember_wish
from catalog.forms import PickForm, ProductForm, SwitchForm
from catalog.models import Favourite, Product
from catalog.refusals import BadRequest
from catalog.services.favourites import set_favourite
from catalog.templatetags.catalog import words_of
from shop import clock
from shop.answers import answer, page_of, safe_next
from shop.decorators import login_required, require_POST


@require_POST
@never_cache
def favourite_set(request: HttpRequest, product_id: int) -> HttpResponse:
    """Give a product the heart, or take it back; a visitor signs in in between."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise BadRequest.of(form)
    if not request.user.is_authenticated and form.wish is not False:
        remember_wish(request, product_id)
    return _favourite_set(request, product_id, wish=form.wish)


@login_required
def _favourite_set(
    request: HttpRequest, product_id: int, *, wish: bool | None
) -> HttpResponse:
    product = find(request, product_id)
    if product is None:
        raise Http404
    is_favourite = set_favourite(
        user_id=account_of(request), product=product, wish=wish
    )
    if is_favourite:
        said = _("“%(name)s” is one of your favourites now.")
    else:
        said = _("“%(name)s” is none of your favourites any more.")
    return answer(
        request,
        to=page_of(request),
        message=said % {"name": words_of(product, "name")},
        data={"is_favourite": is_favourite, "count": len(favourite_ids(request))},
    )


@require_safe
@never_cache
@login_required
def favourite_list(request: HttpRequest) -> HttpResponse:
    """One's favourites with today's price and stock, the newest first."""
    own = Favourite.objects.of(request.user.pk).with_products().newest_first()
    page = Paginator(own, listing.PER_PAGE).get_page(request.GET.get("page"))
    services.settle_products(favourite.product for favourite in page)
    return render(request, "catalog/favourite_list.html", {"page": page})


@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """What one has looked at lately, with today's price and stock."""
    products = browsing.products_of(request)
    return render(request, "catalog/history.html", {"products": products})


@require_POST
@never_cache
def history_clear(request: HttpRequest) -> HttpResponse:
    """Forget one product that was looked at, or all."""
    product_id = None
    if "product" in request.POST:
        form = ProductForm(request.POST)
        if not form.is_valid():
            raise BadRequest.of(form)
        product_id = form.key
    said = _("Your history is cleared.") if product_id is None else _("Forgotten.")
    response = answer(request, to="catalog:history", message=said)
    browsing.forget(request, response, product_id)
    return response


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four products side by side; without any, those that one has picked."""
    asked = list(dict.fromkeys(request.GET.getlist("p")))[: picks.MOST_READ]
    picked = picks.picks_of(request)
    if not asked and picked.ids:
        return redirect(picked.url)
    shown = comparison.compare(
        picks.read_keys(asked),
        asked=len(asked),
        only_differences=request.GET.get("only") == "differences",
        now=clock.now(),
    )
    return render(request, "catalog/compare.html", {"comparison": shown})


@require_POST
@never_cache
def compare_pick(request: HttpRequest) -> HttpResponse:
    """Pick a product to compare, or put it back (`on=0`)."""
    form = PickForm(request.POST)
    if not form.is_valid():
        raise BadRequest.of(form)
    picked = picks.picks_of(request)
    if form.wish is False:
        return _picked(request, picks.remove(picked, form.key), _("It is taken out."))
    public = Product.objects.public(clock.now())
    product = get_object_or_404(public, pk=form.key)
    said = _("“%(name)s” can be compared now.") % {"name": words_of(product, "name")}
    return _picked(request, picks.add(picked, product), said)


@require_POST
@never_cache
def compare_clear(request: HttpRequest) -> HttpResponse:
    """Put back all that was picked to compare."""
    return _picked(request, picks.Picks([]), _("Nothing is left to compare."))


def _picked(request: HttpRequest, picked: picks.Picks, said: str) -> HttpResponse:
    response = answer(
        request,
        to=safe_next(request, page_of(request)),
        message=said,
        data={"products": picked.ids, "url": picked.url},
    )
    picks.keep(response, picked)
    return response
