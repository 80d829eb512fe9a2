"""What the home page shows (row H4): banners, and blocks of products.

What staff arranged is drawn once a version, in each language; products are drawn by
themselves (`catalog/cards.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.cards import Card, cards_of
from catalog.models import Banner, HomeBlock
from catalog.shelves import Shelf, keys_of
from catalog.versions import departments_of, remembered
from shop import clock

MOST_BANNERS = 8
MOST_BLOCKS = 20
#: Products in a block; two whole rows on a desk, five on a phone.
SIZE = 10
#: In the small one of a category.
CATEGORY_SIZE = 4


@dataclass(frozen=True)
class Section:
    """A block with its products."""

    block: HomeBlock
    head: SafeString
    products: list[Card]

    @property
    def is_small(self) -> bool:
        """Tell whether it shares its row with others like it."""
        return self.block.kind == HomeBlock.Kind.CATEGORY


@dataclass(frozen=True)
class HomePage:
    #: All banners, drawn; empty when there is none.
    banners: SafeString
    #: Small ones that follow each other stand together, any other by itself.
    groups: list[list[Section]]


def load(request: HttpRequest) -> HomePage:
    """Return what is shown now, in four queries however much it is.

    A block that has no products is left out.
    """
    now = clock.now()
    language = get_language()
    banners = remembered(request, f"banners {language}", lambda: _banners(now))
    blocks = remembered(request, f"home_blocks {language}", lambda: _blocks(now))
    visible = [category.pk for category in departments_of(request)]
    shelves = [_shelf(block, visible) for block, _head in blocks]
    sections = _sections(blocks, keys_of(shelves, now))
    return HomePage(banners=banners, groups=_grouped(sections))


def _banners(now: datetime) -> SafeString:
    shown = Banner.objects.shown_at(now).select_related("category").in_order()
    banners = list(shown[:MOST_BANNERS])
    if not banners:
        return mark_safe("")
    return render_to_string("catalog/_banners.html", {"banners": banners})


def _blocks(now: datetime) -> list[tuple[HomeBlock, SafeString]]:
    """Return the blocks, each with its drawn head."""
    shown = HomeBlock.objects.shown_at(now).select_related("category").in_order()
    return [
        (block, render_to_string("catalog/_home_head.html", {"block": block}))
        for block in shown[:MOST_BLOCKS]
    ]


def _sections(
    blocks: list[tuple[HomeBlock, SafeString]], keys: list[list[int]]
) -> list[Section]:
    wanted = sorted({pk for keys_of_block in keys for pk in keys_of_block})
    cards = {card.pk: card for card in cards_of(wanted)}
    sections = [
        Section(block, head, [cards[pk] for pk in keys_of_block if pk in cards])
        for (block, head), keys_of_block in zip(blocks, keys, strict=True)
    ]
    return [section for section in sections if section.products]


def _shelf(block: HomeBlock, visible: list[int]) -> Shelf:
    if block.kind == HomeBlock.Kind.NEWEST:
        return Shelf(visible, "on_shelf_at", SIZE)
    if block.category_id is not None:
        return Shelf([block.category_id], "sales_count", CATEGORY_SIZE)
    return Shelf(visible, "sales_count", SIZE)


def _grouped(sections: list[Section]) -> list[list[Section]]:
    groups: list[list[Section]] = []
    for section in sections:
        if groups and section.is_small and groups[-1][0].is_small:
            groups[-1].append(section)
        else:
            groups.append([section])
    return groups
