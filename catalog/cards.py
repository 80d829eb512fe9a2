"""Product cards, the hottest HTML of the shop: a template filled like a form.

Django takes half a millisecond to render one card, and a list has thirty. So
`includes/_card.html` is rendered once for each shape that a card can have and each
language, with gaps where a product's own words stand; a card then only fills the gaps.
`test_cards.py` proves that the result is what rendering the template gives.
"""

from dataclasses import dataclass, fields
from functools import cache, lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.models import Product
from catalog.templatetags.catalog import short_number, words, words_of
from shop import money

TEMPLATE = "includes/_card.html"


@dataclass(frozen=True)
class Shape:
    """What decides which parts of a card there are."""

    is_first: bool
    is_sold_out: bool
    is_reduced: bool
    is_rated: bool
    has_quick_add: bool


@dataclass(frozen=True, slots=True)
class CardWords:
    """What a card says of its product in the page's language, escaped for HTML."""

    pk: int
    data_price: str
    stock: int
    sales_count: int
    rating_average: str
    category: str
    address: str
    picture: str
    srcset: str
    name: SafeString
    plain_name: SafeString
    summary: SafeString
    price: str
    data_struck_price: str
    struck_price: str
    sold: str
    rating: str
    variant: int | None


NAMES = tuple(field.name for field in fields(CardWords))


def card_html(product: Product, *, is_first: bool = False) -> SafeString:
    """Return the card of a product loaded by `for_cards`, in the page's language."""
    form = _form(shape_of(product, is_first=is_first), get_language() or "")
    said = words_for(product)
    gaps = {name: getattr(said, name) for name in NAMES}
    return mark_safe(form.format_map(gaps))  # noqa: S308 -- the words are escaped


def shape_of(product: Product, *, is_first: bool) -> Shape:
    return Shape(
        is_first=is_first,
        is_sold_out=product.is_sold_out,
        is_reduced=product.struck_price is not None,
        is_rated=product.rating_count > 0,
        has_quick_add=bool(product.card_variant) and not product.is_sold_out,
    )


def words_for(product: Product) -> CardWords:
    picture, struck = product.picture, product.struck_price or money.ZERO
    return CardWords(
        pk=product.pk,
        data_price=money.plain(product.price),
        stock=product.stock,
        sales_count=product.sales_count,
        rating_average=str(product.rating_average),
        category=product.category.slug,
        address=f"{_shelf_address(get_language())}{product.pk}/",
        picture=picture.medium,
        srcset=picture.srcset,
        name=conditional_escape(words(product, "name")),
        plain_name=escape(words_of(product, "name")),
        summary=conditional_escape(words(product, "summary")),
        price=money.shown(product.price),
        data_struck_price=money.plain(struck),
        struck_price=money.shown(struck),
        sold=short_number(product.sales_count),
        rating=f"{product.rating_average:.1f}",
        variant=product.card_variant,
    )


@cache
def _shelf_address(language: str | None) -> str:
    # Below it lie all products: asked for once, not thirty times a page.
    address = reverse("catalog:product-detail", args=[0])
    return address.removesuffix("0/")


def _form(shape: Shape, language: str) -> str:
    # A template that is being edited must show at once.
    return _rendered(shape, language) if settings.DEBUG else _kept(shape, language)


def _rendered(shape: Shape, language: str) -> str:
    """Render the card with gaps; `language` is the active one."""
    gaps = {name: mark_safe(f"{{{name}}}") for name in NAMES}  # noqa: S308
    return render_to_string(TEMPLATE, {"card": gaps, "shape": shape})


_kept = lru_cache(maxsize=None)(_rendered)
