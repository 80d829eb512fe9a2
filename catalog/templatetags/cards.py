"""Drawing what a list has dozens of: product cards, and values to filter by.

A template for each would take most of the page's time.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from catalog.cards import Card, card_html, tile_html
from catalog.links import Option

register = template.Library()

CHOSEN = SafeString(' aria-current="true"')


@register.simple_tag
def product_cards(products: Iterable[Card], *, is_first: bool = False) -> SafeString:
    """Draw a card for each; `is_first` when the first one's picture is the page's."""
    cards = [
        card_html(product, is_first=is_first and number == 0)
        for number, product in enumerate(products)
    ]
    return mark_safe("".join(cards))  # noqa: S308 -- cards are


@register.simple_tag
def product_tiles(products: Iterable[Card]) -> SafeString:
    """Draw a small tile for each."""
    tiles = "".join(tile_html(product) for product in products)
    return mark_safe(tiles)  # noqa: S308 -- tiles are


@register.simple_tag
def filter_options(options: Iterable[Option]) -> SafeString:
    """Draw the values of a filter, each a link with its number of products."""
    return format_html_join(
        "\n",
        '<a class="chip" href="{}" rel="nofollow" data-test="filter-option" '
        'data-count="{}"{}>{} <span class="filter-number">{}</span></a>',
        (
            (
                option.href,
                option.number,
                CHOSEN if option.is_chosen else "",
                option.label,
                option.number,
            )
            for option in options
        ),
    )
