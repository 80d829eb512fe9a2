"""Filters by what products are and have: which values are chosen (row B8)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from pyroaring import BitMap

from catalog import search
from catalog.search.document import FacetValue

#: The two ends of a range; None is an open one.
Ends: TypeAlias = tuple[Decimal | None, Decimal | None]

#: What stands between the thousands.
_GROUPING = re.compile(r"(?<=\d)[,\uff0c](?=\d{3}(?!\d))")
_YUAN = "\u00a5\uffe5"


@dataclass(frozen=True)
class Chosen:
    """A filter that is set: its chosen values, and the products that have one."""

    values: frozenset[FacetValue]
    products: BitMap


def chosen_brand(facets: search.Facets, slugs: Sequence[str]) -> Chosen:
    """Return the filter of these brands; without a known one nothing fits."""
    fitting = [each for each in facets.of("brand") if each[0].value in slugs]
    return _chosen(fitting)


def chosen_spec(facets: search.Facets, key: str, values: Sequence[str]) -> Chosen:
    """Return the filter of a specification: values, or ranges such as "16..32"."""
    ranges = [each for each in map(range_of, values) if each]
    exact = {value for value in values if ".." not in value}
    numbers = {number_of(value) for value in exact} - {None}
    return _chosen(
        (value, products)
        for value, products in facets.of(key)
        if value.value in exact
        or (value.name_en in exact if value.number is None else value.number in numbers)
        or any(_is_within(value.number, each) for each in ranges)
    )


def number_of(text: str) -> Decimal | None:
    """Read a number as people type it, such as "1,299" or "¥99"; else None."""
    try:
        number = Decimal(_GROUPING.sub("", text.strip().lstrip(_YUAN)))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def range_of(value: str) -> Ends | None:
    """Read a range such as "16..32" or "16.."; None where there is no number in it."""
    low, dots, high = value.partition("..")
    ends = in_order(number_of(low), number_of(high))
    return ends if dots and ends != (None, None) else None


def in_order(low: Decimal | None, high: Decimal | None) -> Ends:
    """Return the ends of a range; who typed them the wrong way round means it too."""
    if low is not None and high is not None and high < low:
        return high, low
    return low, high


def _chosen(fitting: Iterable[tuple[FacetValue, BitMap]]) -> Chosen:
    found = dict(fitting)
    return Chosen(frozenset(found), search.NOTHING.union(*found.values()))


def _is_within(number: Decimal | None, between: Ends) -> bool:
    low, high = between
    return (
        number is not None
        and (low is None or low <= number)
        and (high is None or number <= high)
    )
