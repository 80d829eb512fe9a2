"""Filters by what products are and have: which values are chosen (row B8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pyroaring import BitMap

from catalog import search
from catalog.search.document import FacetValue


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
    ranges = [_range(value) for value in values if ".." in value]
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
    """Read a number that a specification may have, else None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def _chosen(fitting: Iterable[tuple[FacetValue, BitMap]]) -> Chosen:
    found = dict(fitting)
    return Chosen(frozenset(found), search.NOTHING.union(*found.values()))


def _range(value: str) -> tuple[Decimal | None, Decimal | None]:
    low, _dots, high = value.partition("..")
    return number_of(low), number_of(high)


def _is_within(
    number: Decimal | None, between: tuple[Decimal | None, Decimal | None]
) -> bool:
    low, high = between
    return (
        number is not None
        and (low is None or low <= number)
        and (high is None or number <= high)
    )
