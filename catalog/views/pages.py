"""The shop window, categories and products."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import browsing, listing, product_page, recommend
from catalog.filters import filters_for
from catalog.models import Category, Product
from catalog.versions import good_until, version_of
from shop import clock
from shop.kept_pages import keep, kept_page

BLOCK = 10


@require_safe
@kept_page(version_of)
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: categories, best sellers, newest."""
    public = Product.objects.public(clock.now())
    context = {
        "best_sellers": public.for_cards().best_sellers_first()[:BLOCK],
        "newest": public.for_cards().newest_first()[:BLOCK],
    }
    response = render(request, "catalog/home.html", context)
    return keep(response, until=good_until(request))


@require_safe
@kept_page(version_of)
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's products; takes every search parameter but `category`."""
    category = get_object_or_404(Category.objects.visible(), slug=slug)
    wish = listing.read(request.GET, category=category.slug)
    found = listing.find(wish, now=clock.now())
    response = list_page(request, "catalog/category_detail.html", found, category)
    return keep(response, until=good_until(request))


def _looked_at(request: HttpRequest, response: HttpResponse, note: int) -> None:
    browsing.remember(request, response, note)


@require_safe
@kept_page(version_of, afterwards=_looked_at)
def product_detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product with its variants; staff may look before shoppers can."""
    page = product_page.load(
        product_id,
        variant_id=request.GET.get("variant", ""),
        viewer=request.user,
        now=clock.now(),
    )
    response = render(request, "catalog/product_detail.html", {"page": page})
    if page.is_preview:
        return response
    held = [variant.held_until for variant in page.variants]
    return keep(response, until=good_until(request, *held), note=page.product.pk)


def list_page(
    request: HttpRequest,
    template: str,
    found: listing.Listing,
    category: Category | None,
    **extra: Any,
) -> HttpResponse:
    """Show a list with its filters, and what else one may like."""
    guess = recommend.guess_you_like(
        found.matching,
        found.products,
        now=clock.now(),
        remember_as="" if found.is_exact else found.wish.words_and_filters,
    )
    context = {
        "category": category,
        "listing": found,
        "wish": found.wish,
        "filters": filters_for(request, found.wish, category),
        "guess_you_like": guess,
        **extra,
    }
    return render(request, template, context)
