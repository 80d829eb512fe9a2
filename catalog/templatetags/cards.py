"""Drawing what a list has dozens of: product cards, and values to filter by.

A template for each would take most of the page's time.
"""

from collections.abc import Collection, Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog import shown_stock
from catalog.cards import Card, card_html, tile_html
from catalog.links import Option

register = template.Library()

CHOSEN = ' aria-current="true"'
OPTION = (
    '<a class="chip" href="{href}" rel="nofollow" data-test="filter-option" '
    'data-count="{number}"{chosen}>{label} '
    '<span class="filter-number">{number}</span></a>'
)


@register.simple_tag
def product_cards(
    products: Iterable[Card], *, is_first: bool = False, among: Collection[int] = ()
) -> SafeString:
    """Draw a card for each; `is_first` when the first one's picture is the page's.

    `among` are the products of a page whose numbers left are asked for each time.
    """
    cards = [
        _with_present_stock(
            card_html(product, is_first=is_first and number == 0), product, among
        )
        for number, product in enumerate(products)
    ]
    return mark_safe("".join(cards))  # noqa: S308 -- cards are


def _with_present_stock(
    drawn: SafeString, card: Card, among: Collection[int]
) -> SafeString:
    """Leave a gap for the stock in a page that is being kept, if it asks for that."""
    if not among:
        return drawn
    stock = shown_stock.gap(name="data-stock", among=among, product=card.pk)
    if stock is None:
        return drawn
    return mark_safe(drawn.replace(f'data-stock="{card.stock}"', stock, 1))  # noqa: S308 -- a mark is


@register.simple_tag
def product_tiles(products: Iterable[Card]) -> SafeString:
    """Draw a small tile for each."""
    tiles = "".join(tile_html(product) for product in products)
    return mark_safe(tiles)  # noqa: S308 -- tiles are


@register.simple_tag
def filter_options(options: Iterable[Option]) -> SafeString:
    """Draw the values of a filter, each a link with its number of products."""
    # A hundred times on a page: Django's own escaping takes five times as long.
    drawn = [
        OPTION.format(
            href=escape(option.href),
            number=option.number,
            chosen=CHOSEN if option.is_chosen else "",
            label=escape(str(option.label)),
        )
        for option in options
    ]
    return mark_safe("\n".join(drawn))  # noqa: S308 -- escaped, and numbers
