"""What the home page shows (row H4): banners, and blocks of products."""

from dataclasses import dataclass
from datetime import datetime

from catalog.models import Banner, HomeBlock, Product
from catalog.services import settle_products
from catalog.shelves import Shelf, keys_of

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
    products: list[Product]

    @property
    def is_small(self) -> bool:
        """Tell whether it shares its row with others like it."""
        return self.block.kind == HomeBlock.Kind.CATEGORY


@dataclass(frozen=True)
class HomePage:
    banners: list[Banner]
    #: Small ones that follow each other stand together, any other by itself.
    groups: list[list[Section]]


def load(now: datetime) -> HomePage:
    """Return what is shown at `now`, in four queries however much it is.

    A block that has no products is left out.
    """
    banners = Banner.objects.shown_at(now).select_related("category").in_order()
    blocks = HomeBlock.objects.shown_at(now).select_related("category").in_order()
    return HomePage(
        banners=list(banners[:MOST_BANNERS]),
        groups=_grouped(_sections(list(blocks[:MOST_BLOCKS]), now)),
    )


def _sections(blocks: list[HomeBlock], now: datetime) -> list[Section]:
    keys = keys_of([_shelf(block, now) for block in blocks])
    wanted = sorted({pk for keys_of_block in keys for pk in keys_of_block})
    cards = {card.pk: card for card in Product.objects.cards_in_order(wanted)}
    settle_products(cards.values())
    sections = [
        Section(block, [cards[pk] for pk in keys_of_block if pk in cards])
        for block, keys_of_block in zip(blocks, keys, strict=True)
    ]
    return [section for section in sections if section.products]


def _shelf(block: HomeBlock, now: datetime) -> Shelf:
    public = Product.objects.public(now)
    if block.kind == HomeBlock.Kind.NEWEST:
        return Shelf(public, "on_shelf_at", SIZE)
    if block.kind == HomeBlock.Kind.CATEGORY:
        of_category = public.filter(category=block.category_id)
        return Shelf(of_category, "sales_count", CATEGORY_SIZE)
    return Shelf(public, "sales_count", SIZE)


def _grouped(sections: list[Section]) -> list[list[Section]]:
    groups: list[list[Section]] = []
    for section in sections:
        if groups and section.is_small and groups[-1][0].is_small:
            groups[-1].append(section)
        else:
            groups.append([section])
    return groups
