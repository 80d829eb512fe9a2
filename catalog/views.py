"""The catalogue's pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import listing, product_page, recommend
from catalog.filters import filters_for
from catalog.models import Category, Product
from shop import clock

#: How many products a block of the home page shows.
BLOCK = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The shop window: categories, best sellers, newest."""
    public = Product.objects.public(clock.now())
    context = {
        "best_sellers": public.for_cards().best_sellers_first()[:BLOCK],
        "newest": public.for_cards().newest_first()[:BLOCK],
    }
    return render(request, "catalog/home.html", context)


@require_safe
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's products; takes every search parameter but `category`."""
    category = get_object_or_404(Category.objects.visible(), slug=slug)
    wish = listing.read(request.GET, category=category.slug)
    return _list_page(request, "catalog/category_detail.html", wish, category)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Products found by words and filters, over all categories."""
    wish = listing.read(request.GET)
    return _list_page(request, "catalog/search.html", wish, None)


@require_safe
def product_detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product with its variants; staff may look before shoppers can."""
    page = product_page.load(
        product_id,
        variant_id=request.GET.get("variant", ""),
        viewer=request.user,
        now=clock.now(),
    )
    return render(request, "catalog/product_detail.html", {"page": page})


def _list_page(
    request: HttpRequest, template: str, wish: listing.Wish, category: Category | None
) -> HttpResponse:
    now = clock.now()
    found = listing.find(wish, now=now)
    guess = recommend.guess_you_like(found.matching, found.products, now=now)
    context = {
        "category": category,
        "listing": found,
        "wish": wish,
        "filters": filters_for(request, wish, category),
        "guess_you_like": guess,
    }
    return render(request, template, context)
