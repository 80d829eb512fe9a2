"""All products as sets of their keys: what is found and counted in (decisions/0017)."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TypeVar

from pyroaring import BitMap

from catalog.search.document import CODE, NAME, REST, SHELF, FacetValue

#: Where a word may stand, the best place first.
PLACES = (CODE, SHELF, NAME, REST)
NOTHING = BitMap()

K = TypeVar("K", bound=Hashable)
Sets = Mapping[K, BitMap]


@dataclass(frozen=True)
class States:
    """Which products are on the shelf, and at what price."""

    #: Those on the shelf of each category, also those whose time is still to come.
    by_category: Sets[int] = field(default_factory=dict)
    #: When each of those comes.
    to_come: Mapping[int, datetime] = field(default_factory=dict)
    sold_out: BitMap = NOTHING
    #: Prices in cents, by the keys of products.
    prices: "array[int]" = field(default_factory=partial(array, "Q"))

    def public(self, category_ids: Iterable[int], now: datetime) -> BitMap:
        """Return what is on the shelf of these categories by now."""
        sets = [self.by_category.get(pk, NOTHING) for pk in category_ids]
        waiting = BitMap(pk for pk, at in self.to_come.items() if at > now)
        return NOTHING.union(*sets) - waiting

    def priced(
        self, products: BitMap, low: Decimal | None, high: Decimal | None
    ) -> BitMap:
        """Return those of these products whose price is between two."""
        least = 0 if low is None else low * 100
        most = None if high is None else high * 100
        prices = self.prices
        return BitMap(
            pk
            for pk in products
            if least <= prices[pk] and (most is None or prices[pk] <= most)
        )


@dataclass(frozen=True)
class Facets:
    """The values to filter by, and the products that have each."""

    values: Mapping[int, FacetValue] = field(default_factory=dict)
    products: Sets[int] = field(default_factory=dict)
    #: Of a filter the keys of its values, in their order.
    by_filter: Mapping[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        by_filter: dict[str, list[int]] = {}
        for pk in sorted(self.values):
            by_filter.setdefault(self.values[pk].key, []).append(pk)
        object.__setattr__(self, "by_filter", by_filter)

    def of(self, key: str) -> list[tuple[FacetValue, BitMap]]:
        """Return the values of a filter with their products."""
        ids = self.by_filter.get(key, [])
        return [(self.values[pk], self.products.get(pk, NOTHING)) for pk in ids]


@dataclass(frozen=True)
class BestSellers:
    """All products in the order of what was sold, the newest first among equals."""

    #: What was sold of each product, by its key.
    sales: "array[int]" = field(default_factory=partial(array, "I"))
    order: "array[int]" = field(default_factory=partial(array, "I"))

    @classmethod
    def of(cls, sold: Mapping[int, int]) -> "BestSellers":
        newest = sorted(sold, reverse=True)
        newest.sort(key=sold.__getitem__, reverse=True)
        return cls(by_key(array("I"), sold), array("I", newest))

    def moved(self, sold: Mapping[int, int]) -> "BestSellers":
        """Return the order with these products where they belong now."""
        order = array("I", self.order)
        for pk in sold:
            place = bisect_left(order, self._place(pk), key=self._place)
            if place < len(order) and order[place] == pk:
                del order[place]
        moved = BestSellers(by_key(self.sales, sold), order)
        for pk in sold:
            insort(order, pk, key=moved._place)
        return moved

    def _place(self, pk: int) -> tuple[int, int]:
        return (-self.sales[pk] if pk < len(self.sales) else 0, -pk)

    def first(self, products: BitMap, number: int) -> list[int]:
        """Return the first so many of these products."""
        size = len(products)
        # Passing all best sellers is dear for few products, sorting for many.
        if number * len(self.order) < size * size:
            return list(islice(filter(products.__contains__, self.order), number))
        newest = reversed(products.to_array())
        return sorted(newest, key=self.sales.__getitem__, reverse=True)[:number]


@dataclass(frozen=True)
class Snapshot:
    """What is known of all products at a moment. None of its sets is ever changed."""

    #: The keys of the newest changes that are in it (`ProductChange`).
    seen: frozenset[int] = frozenset()
    states: States = field(default_factory=States)
    facets: Facets = field(default_factory=Facets)
    best_sellers: BestSellers = field(default_factory=BestSellers)
    #: Token and place -> products: of the words that were asked for so far.
    words: dict[tuple[str, int], BitMap] = field(default_factory=dict)


def by_key(numbers: "array[int]", more: Mapping[int, int]) -> "array[int]":
    """Return numbers by the keys of products, some of them others than before."""
    missing = max(more, default=-1) + 1 - len(numbers)
    found = numbers + array(numbers.typecode, bytes(max(0, missing) * numbers.itemsize))
    for pk, number in more.items():
        found[pk] = number
    return found


def replaced(
    sets: Sets[K], changed: BitMap, now: Mapping[K, Collection[int]]
) -> Sets[K]:
    """Return sets with the changed products in those alone in which they are now."""
    found = {
        key: each - changed if each.intersect(changed) else each
        for key, each in sets.items()
    }
    for key, ids in now.items():
        found[key] = found.get(key, NOTHING) | BitMap(ids)
    return found
