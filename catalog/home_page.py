"""What the home page shows (row H4): banners, and blocks of products."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

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
    products: list[Card]

    @property
    def is_small(self) -> bool:
        """Tell whether it shares its row with others like it."""
        return self.block.kind == HomeBlock.Kind.CATEGORY


@dataclass(frozen=True)
class HomePage:
    banners: list[Banner]
    #: Small ones that follow each other stand together, any other by itself.
    groups: list[list[Section]]


def load(request: HttpRequest) -> HomePage:
    """Return what is shown now, in four queries however much it is.

    A block that has no products is left out.
    """
    now = clock.now()
    banners = remembered(request, "banners", lambda: _banners(now))
    blocks = remembered(request, "home_blocks", lambda: _blocks(now))
    visible = [category.pk for category in departments_of(request)]
    shelves = [_shelf(block, visible) for block in blocks]
    sections = _sections(blocks, keys_of(shelves, now))
    return HomePage(banners=banners, groups=_grouped(sections))


def _banners(now: datetime) -> list[Banner]:
    shown = Banner.objects.shown_at(now).select_related("category").in_order()
    return list(shown[:MOST_BANNERS])


def _blocks(now: datetime) -> list[HomeBlock]:
    shown = HomeBlock.objects.shown_at(now).select_related("category").in_order()
    return list(shown[:MOST_BLOCKS])


def _sections(blocks: list[HomeBlock], keys: list[list[int]]) -> list[Section]:
    wanted = sorted({pk for keys_of_block in keys for pk in keys_of_block})
    cards = {card.pk: card for card in cards_of(wanted)}
    sections = [
        Section(block, [cards[pk] for pk in keys_of_block if pk in cards])
        for block, keys_of_block in zip(blocks, keys, strict=True)
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
