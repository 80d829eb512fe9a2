"""The numbers beside filters: how many products there would be with a value (row B8).

Beside a value of one filter stands what all the others leave. Of very many products a
part is counted, and the number says so: "3120+".
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from pyroaring import BitMap

from catalog.listing import Question
from catalog.search import COUNTED

#: Of more products a part is counted, of about so many.
MOST_COUNTED = 24_000
#: Sets are compared in stretches of so many keys.
STRETCH = 2**16


class Value(NamedTuple):
    """A value of a filter, and how many products have it."""

    key: str
    value: str
    number: Decimal | None
    name_zh: str
    name_en: str
    products: int
    is_exact: bool

    @property
    def shown_count(self) -> str:
        return f"{self.products}{'' if self.is_exact else '+'}"


@dataclass(frozen=True)
class Numbers:
    """What stands beside the filters of a list; each is counted when it is shown."""

    question: Question
    #: How many hits each category has, by its key.
    hits_by_category: dict[int, int]
    in_stock: int
    #: Of more products than can be opened the ends of their prices are not looked for.
    lowest: Decimal | None
    highest: Decimal | None

    def of(self, key: str) -> list[Value]:
        """Return the values of a filter that there are, the most frequent first.

        What is chosen also when nothing has it.
        """
        products = self.question.products(without=key)
        part = _part_of(products)
        is_exact = part is products
        chosen = self.question.chosen.get(key)
        found = []
        for value, having in self.question.snapshot.facets.of(key):
            number = part.intersection_cardinality(having)
            if number or (chosen and value in chosen.values):
                names = value.name_zh, value.name_en
                said = key, value.value, value.number, *names
                found.append(Value(*said, number, is_exact))
        return sorted(found, key=lambda each: -each.products)

    @property
    def by_category(self) -> dict[int, int]:
        """How many products there would be in each category that has some."""
        return _by_category(self.question, self.question.products(without="category"))


def count(question: Question) -> Numbers:
    """Count what the hits of a question have."""
    priced = question.products(without="price")
    prices: list[int] = []
    if 0 < len(priced) <= COUNTED:
        prices = [question.snapshot.states.prices[pk] for pk in priced]
    in_stock = question.products(without="in_stock") - question.snapshot.states.sold_out
    return Numbers(
        question,
        hits_by_category=_by_category(question, question.products()),
        in_stock=len(in_stock),
        lowest=_amount(min(prices)) if prices else None,
        highest=_amount(max(prices)) if prices else None,
    )


def _by_category(question: Question, products: BitMap) -> dict[int, int]:
    sets = question.snapshot.states.by_category
    counted = {
        each.pk: products.intersection_cardinality(sets[each.pk])
        for each in question.visible
        if each.pk in sets
    }
    return {pk: number for pk, number in counted.items() if number}


def _part_of(products: BitMap) -> BitMap:
    """Return all of these products; of very many those of some stretches of keys.

    Of stretches far from each other, the newest among them, so that hardly a value is
    missing; other parts would take as long as all.
    """
    if len(products) <= MOST_COUNTED:
        return products
    step = -(-len(products) // MOST_COUNTED)
    newest = products.max() // STRETCH
    stretches = (
        BitMap(range(number * STRETCH, (number + 1) * STRETCH))
        for number in range(newest, -1, -step)
    )
    return products & BitMap.union(*stretches)


def _amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
