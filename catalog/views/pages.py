"""The shop window, categories and products."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import browsing, home_page, listing, product_page, recommend, services
from catalog.filters import filters_for
from catalog.models import Category
from catalog.numbers import count
from catalog.structured_data import product_data
from shop import clock


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: banners, categories, blocks of products."""
    page = home_page.load(clock.now())
    return render(request, "catalog/home.html", {"page": page})


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
    data = product_data(page, request)
    context = {"page": page, "structured_data": data}
    response = render(request, "catalog/product_detail.html", context)
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
        numbers.hits_by_category,
        found.products,
        now=clock.now(),
        buyer_id=request.user.pk,
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
