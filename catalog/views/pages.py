"""The shop window, categories and products."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import (
    browsing,
    home_page,
    list_page,
    listing,
    product_page,
    shown_stock,
    wishes,
)
from catalog.models import RecentPurchase
from catalog.structured_data import product_data
from catalog.versions import (
    Version,
    departments_of,
    free_overdue,
    good_until,
    product_good_until,
    settle_due,
    version_of,
    version_to_keep,
)
from shop import clock
from shop.kept_pages import keep, kept_page


@require_safe
@kept_page(version_of)
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: banners, categories, blocks of products."""
    free_overdue(request)
    page = home_page.load(request)
    response = render(request, "catalog/home.html", {"page": page})
    return keep(response, until=good_until(request))


def bought_lately(request: HttpRequest) -> bool:
    """Tell whether whoever asks is recommended something else than everybody."""
    if not request.user.is_authenticated:
        return False
    own = RecentPurchase.objects.of(request.user.pk)
    return own.lately(clock.now()).exists()


@require_safe
@kept_page(version_of, is_own=bought_lately)
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's products; takes every search parameter but `category`."""
    visible = departments_of(request)
    category = next((each for each in visible if each.slug == slug), None)
    if category is None:
        raise Http404
    settle_due(request)
    wish = wishes.read(request.GET, category=category.slug)
    question = listing.Question(
        wish,
        now=clock.now(),
        visible=visible,
        category=category,
        as_of=version_to_keep(request),
    )
    page = list_page.load(request, question)
    response = render(request, "catalog/category_detail.html", page.context)
    return keep(response, until=good_until(request))


def what_is_sold_out(version: Version) -> str:
    """Of what is left, a product's page shows the present number by itself."""
    return version.changes


def _looked_at(request: HttpRequest, response: HttpResponse, note: int) -> None:
    browsing.remember(request, response, note)


@require_safe
@kept_page(version_of, follows=what_is_sold_out, afterwards=_looked_at)
def product_detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product with its variants; staff may look before shoppers can."""
    page = product_page.load(
        product_id,
        variant_id=request.GET.get("variant", ""),
        viewer=request.user,
        now=clock.now(),
    )
    stock_beside = {each.pk: each.stock for each in page.companions}
    shown_stock.remember(request, page.variants, stock_beside)
    data = product_data(page, request)
    context = {"page": page, "structured_data": data}
    response = render(request, "catalog/product_detail.html", context)
    if page.is_preview:
        return response
    until = product_good_until(request, [v.held_until for v in page.variants])
    return keep(response, until=until, note=page.product.pk)
