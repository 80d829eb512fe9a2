"""Product cards, the hottest HTML of the shop: read narrow, drawn as a filled form.

Django takes half a millisecond to render one card, and a list has thirty. So
`includes/_card.html` is rendered once for each shape that a card can have and each
language, with gaps where a product's own words stand; a card then only fills the gaps.
`test_cards.py` proves that the result is what rendering the template gives. The text of
the cards drawn last is kept under all that they show, so it can never be out of date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog import services
from catalog.models import Product
from catalog.models.products import struck
from catalog.pictures import StoredPicture
from catalog.templatetags.catalog import short_number, words, words_of
from shop import clock, money

TEMPLATE, TILE = "includes/_card.html", "includes/_tile.html"
#: Drawn cards that a process keeps, each of some 3 kB.
MOST_DRAWN = 3000


class Card(NamedTuple):
    """What lists show of a product: columns of its row, and its category's slug."""

    pk: int
    name_zh: str
    name_en: str
    summary_zh: str
    summary_en: str
    price: Decimal
    prior_price: Decimal | None
    stock: int
    is_sold_out: bool
    sales_count: int
    rating_average: Decimal
    rating_count: int
    main_picture: str
    card_variant: int | None
    category__slug: str

    @property
    def address(self) -> str:
        return address_of(self.pk)

    @property
    def struck_price(self) -> Decimal | None:
        """What may stand struck through beside the price (docs/decisions/0012)."""
        return struck(self.prior_price, self.price)

    @property
    def picture(self) -> StoredPicture:
        return StoredPicture(self.main_picture)


#: What is read for a card; the last one is when its price changes by itself.
COLUMNS = (*Card._fields, "price_due_at")
#: Asks nothing by itself: what is the same in each page's question, built once.
_CARDS = Product.objects.values_list(*COLUMNS)


def cards_of(ids: Sequence[int]) -> list[Card]:
    """Read the cards of these products, in the order of the ids, at today's prices."""
    rows = _read(ids)
    if settle_late(rows):
        rows = _read(ids)
    found = {row[0]: card_of(row) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def card_of(row: Sequence[Any]) -> Card:
    """Make a card of what was read for it: COLUMNS, and whatever follows."""
    return Card._make(row[: len(Card._fields)])


def settle_late(rows: Iterable[Sequence[Any]]) -> bool:
    """Change the prices among what was read that are due; True: read once more."""
    now, due_at = clock.now(), COLUMNS.index("price_due_at")
    late = [row[0] for row in rows if row[due_at] is not None and row[due_at] <= now]
    if late:
        services.settle_prices_of(late)
    return bool(late)


def _read(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    return list(_CARDS.filter(pk__in=ids))


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


def card_html(card: Card, *, is_first: bool = False) -> SafeString:
    """Return the card of a product in the page's language."""
    language = get_language() or ""
    # A template that is being edited must show at once.
    draw = _drawn if settings.DEBUG else _kept_card
    return draw(card, language, is_first=is_first)


def tile_html(card: Card) -> SafeString:
    """Return the small tile of a product in the page's language."""
    draw = _tile if settings.DEBUG else _kept_tile
    return draw(card, get_language() or "")


def shape_of(card: Card, *, is_first: bool) -> Shape:
    return Shape(
        is_first=is_first,
        is_sold_out=card.is_sold_out,
        is_reduced=card.struck_price is not None,
        is_rated=card.rating_count > 0,
        has_quick_add=bool(card.card_variant) and not card.is_sold_out,
    )


def words_for(card: Card) -> CardWords:
    picture, before = card.picture, card.struck_price or money.ZERO
    return CardWords(
        pk=card.pk,
        data_price=money.plain(card.price),
        stock=card.stock,
        sales_count=card.sales_count,
        rating_average=str(card.rating_average),
        category=card.category__slug,
        address=card.address,
        picture=picture.medium,
        srcset=picture.srcset,
        name=conditional_escape(words(card, "name")),
        plain_name=escape(words_of(card, "name")),
        summary=conditional_escape(words(card, "summary")),
        price=money.shown(card.price),
        data_struck_price=money.plain(before),
        struck_price=money.shown(before),
        sold=short_number(card.sales_count),
        rating=f"{card.rating_average:.1f}",
        variant=card.card_variant,
    )


def _drawn(card: Card, language: str, *, is_first: bool) -> SafeString:
    """Draw a card; `language` is the active one."""
    form = _form(shape_of(card, is_first=is_first), language)
    said = words_for(card)
    gaps = {name: getattr(said, name) for name in NAMES}
    return mark_safe(form.format_map(gaps))  # noqa: S308 -- the words are escaped


def _tile(card: Card, language: str) -> SafeString:
    """Draw a tile; `language` is the active one."""
    return render_to_string(TILE, {"card": card})


_kept_card = lru_cache(maxsize=MOST_DRAWN)(_drawn)
_kept_tile = lru_cache(maxsize=MOST_DRAWN)(_tile)


def address_of(product_id: int) -> str:
    """Return where a product's page is, in the page's language."""
    return f"{_shelf_address(get_language())}{product_id}/"


@cache
def _shelf_address(language: str | None) -> str:
    # Below it lie all products: asked for once, not thirty times a page.
    address = reverse("catalog:product-detail", args=[0])
    return address.removesuffix("0/")


def _form(shape: Shape, language: str) -> str:
    return _rendered(shape, language) if settings.DEBUG else _kept(shape, language)


def _rendered(shape: Shape, language: str) -> str:
    """Render the card with gaps; `language` is the active one."""
    gaps = {name: mark_safe(f"{{{name}}}") for name in NAMES}  # noqa: S308
    return render_to_string(TEMPLATE, {"card": gaps, "shape": shape})


_kept = lru_cache(maxsize=None)(_rendered)
