"""Drawing product cards."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog.cards import card_html
from catalog.models import Product

register = template.Library()


@register.simple_tag
def product_cards(products: Iterable[Product], *, is_first: bool = False) -> SafeString:
    """Draw a card for each; `is_first` when the first one's picture is the page's."""
    cards = [
        card_html(product, is_first=is_first and number == 0)
        for number, product in enumerate(products)
    ]
    return mark_safe("".join(cards))  # noqa: S308 -- cards are
