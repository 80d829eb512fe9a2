"""Filters by a range of numbers: from here to there, of what there is."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.facets import range_of
from catalog.models import SpecDefinition
from catalog.numbers import Numbers, Value
from catalog.spec_table import unit_words
from catalog.templatetags.catalog import trimmed
from catalog.wishes import Wish


@dataclass(frozen=True)
class Range:
    """The two fields of a filter by number: their names, what is set, what there is."""

    name: str
    unit: str
    low: str
    high: str
    lowest: str
    highest: str


def spec_range(wish: Wish, definition: SpecDefinition, values: list[Value]) -> Range:
    """Return the range of a specification; one of its values at least is a number."""
    there = [each.number for each in values if each.number is not None]
    said = [range_of(each) for each in wish.specs.get(definition.key, [])]
    low, high = next((each for each in reversed(said) if each), (None, None))
    return Range(
        name=definition.key,
        unit=unit_words(definition),
        low=_plain(low),
        high=_plain(high),
        lowest=trimmed(min(there)),
        highest=trimmed(max(there)),
    )


def price_range(wish: Wish, numbers: Numbers) -> Range:
    """Return the range of what things cost, in yuan."""
    return Range(
        name="price",
        unit="¥",
        low=_plain(wish.min_price),
        high=_plain(wish.max_price),
        lowest=_plain(numbers.lowest),
        highest=_plain(numbers.highest),
    )


def _plain(number: Decimal | None) -> str:
    return "" if number is None else trimmed(number)
