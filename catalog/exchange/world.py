"""What the shop has already of all that a file names, read in a few queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from catalog.exchange import columns, records
from catalog.exchange.rows import Row
from catalog.models import (
    Brand,
    Category,
    Product,
    SpecDefinition,
    StockEntry,
    Variant,
)

CHUNK = 500

T = TypeVar("T")


@dataclass
class World:
    categories: dict[str, Category]
    brands: dict[str, Brand]
    definitions: dict[tuple[int, str], SpecDefinition]
    products: dict[str, Product]
    #: The code of the product that a variant's code belongs to.
    owners: dict[str, str]

    @classmethod
    def of(cls, rows: list[Row]) -> "World":
        """Load all that these rows may touch."""
        owners = _owners({row.code for row in rows if row.code})
        codes = {row.product for row in rows if row.product} | set(owners.values())
        keys = _keys(codes)
        definitions = columns.all_definitions()
        return cls(
            categories={category.slug: category for category in Category.objects.all()},
            brands={brand.slug: brand for brand in Brand.objects.all()},
            definitions={(each.category_id, each.key): each for each in definitions},
            products={each.code: each for each in records.products(keys)},
            owners=owners,
        )


def booked_before(digest: str, variant_ids: list[int]) -> set[int]:
    """Return those variants whose stock this very file has changed already."""
    found: set[int] = set()
    for batch in _batches(variant_ids):
        entries = StockEntry.objects.filter(variant__in=batch)
        mine = entries.filter(reason__endswith=f"({digest})")
        found |= set(mine.values_list("variant_id", flat=True))
    return found


def _owners(codes: set[str]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for batch in _batches(sorted(codes)):
        variants = Variant.objects.filter(code__in=batch)
        owners |= dict(variants.values_list("code", "product__code"))
    return owners


def _keys(codes: set[str]) -> list[int]:
    keys: list[int] = []
    for batch in _batches(sorted(codes)):
        keys += Product.objects.filter(code__in=batch).values_list("pk", flat=True)
    return keys


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, CHUNK)):
        yield batch
