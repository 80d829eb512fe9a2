"""The shop window, categories and products."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import browsing, listing, product_page, recommend, services
from catalog.filters import filters_for
from catalog.models import Category, Product
from catalog.numbers import count
from shop import clock

BLOCK = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: categories, best sellers, newest."""
    public = Product.objects.public(clock.now())
    best_sellers = list(public.for_cards().best_sellers_first()[:BLOCK])
    newest = list(public.for_cards().newest_first()[:BLOCK])
    services.settle_products([*best_sellers, *newest])
    context = {"best_sellers": best_sellers, "newest": newest}
    return render(request, "catalog/home.html", context)


@require_safe
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's products; takes every search parameter but `category`."""
    visible = list(Category.objects.visible().in_order())
    category = next((each for each in visible if each.slug == slug), None)
    if category is None:
        raise Http404
    wish = listing.read(request.GET, category=category.slug)
    question = listing.Question(
        wish, now=clock.now(), visible=visible, category=category
    )
    found = listing.find(question)
    return list_page(request, "catalog/category_detail.html", found, visible)


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
    visible: list[Category],
    **extra: Any,
) -> HttpResponse:
    """Show a list with its filters, and what else one may like."""
    numbers = count(found.question, found.hits)
    guess = recommend.guess_you_like(
        numbers.hits_by_category, found.products, now=clock.now()
    )
    services.settle_products([*found.products, *guess])
    context = {
        "category": found.question.category,
        "categories": visible,
        "listing": found,
        "wish": found.wish,
        "filters": filters_for(request, found, numbers, visible),
        "guess_you_like": guess,
        **extra,
    }
    return render(request, template, context)
