"""The shop window, categories and products."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import browsing, home_page, listing, product_page, recommend
from catalog.filters import filters_for
from catalog.models import Category
from shop import clock


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: banners, categories, blocks of products."""
    page = home_page.load(clock.now())
    return render(request, "catalog/home.html", {"page": page})


@require_safe
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's products; takes every search parameter but `category`."""
    category = get_object_or_404(Category.objects.visible(), slug=slug)
    wish = listing.read(request.GET, category=category.slug)
    found = listing.find(wish, now=clock.now())
    return list_page(request, "catalog/category_detail.html", found, category)


@require_safe
def product_detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product with its variants; staff may look before shoppers can."""
    page = product_page.load(
        product_id,
        variant_id=request.GET.get("variant", ""),
        viewer=request.user,
        now=clock.now(),
    )
    response = render(request, "catalog/product_detail.html", {"page": page})
    if not page.is_preview:
        browsing.remember(request, response, page.product)
    return response


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
        buyer_id=request.user.pk,
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
