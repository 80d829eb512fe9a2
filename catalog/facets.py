"""Filters: which facets are chosen, and how many products have each (row B8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from catalog import search
from catalog.models import (
    Facet,
    Product,
    ProductFacets,
    ProductSpec,
    VariantSpec,
)
from catalog.models.facets import unpacked
from shop import money

#: A range of more values than this is asked of the specifications themselves.
MOST_VALUES = 30
_ROWS = (
    "SELECT p.id, f.ids, p.price, p.is_sold_out "  # noqa: S608
    f"FROM {ProductFacets._meta.db_table} f JOIN {Product._meta.db_table} p "
    "ON p.id = f.product_id WHERE p.id IN (%s)"
)


@dataclass(frozen=True)
class Chosen:
    """A filter that is set: of its facets a product must have one."""

    key: str
    facet_ids: frozenset[int] = frozenset()
    #: Asked of the product instead, of a wide range.
    condition: Q | None = None

    @property
    def is_impossible(self) -> bool:
        """Whether no product has any of it."""
        return not self.facet_ids and self.condition is None


@dataclass(frozen=True)
class Tally:
    """What some products have: facets, prices, stock."""

    #: facet id -> number of products
    numbers: Counter[int]
    lowest: Decimal | None = None
    highest: Decimal | None = None
    in_stock: int = 0


def chosen_brand(slugs: Sequence[str]) -> Chosen:
    """Return the filter of these brands; without a known one nothing fits."""
    digests = [search.digest_of("brand", slug) for slug in slugs]
    rows = Facet.objects.filter(digest__in=digests)
    return Chosen("brand", frozenset(rows.values_list("pk", flat=True)))


def chosen_spec(key: str, values: Sequence[str]) -> Chosen:
    """Return the filter of a specification: values, or ranges such as "16..32"."""
    ranges = [value for value in values if ".." in value]
    exact = [value for value in values if ".." not in value]
    digests = {search.digest_of(key, each) for each in _spellings(exact)}
    rows = Facet.objects.filter(key=key).filter(
        _any(_between(each) for each in ranges)
        | Q(digest__in=digests)
        | Q(name_en__in=exact, number=None)
    )
    # Asked again here what a collation answers too broadly; numbers have no name.
    ids = [
        row.pk
        for row in rows[: MOST_VALUES + 1]
        if row.key == key
        and (row.number is not None or row.digest in digests or row.name_en in exact)
    ]
    if len(ids) > MOST_VALUES:
        single = [f"{each}..{each}" for each in exact if number_of(each) is not None]
        return Chosen(key, condition=_has_number(key, [*ranges, *single]))
    return Chosen(key, frozenset(ids))


def tallies(groups: Sequence[Sequence[int]]) -> list[Tally]:
    """Count what the products of each group have, in one query for all.

    A product is named once in a group; there are a few thousand at most.
    """
    wanted = sorted({pk for group in groups for pk in group})
    rows = {row[0]: row[1:] for row in _fetch(wanted)}
    return [_tally([rows[pk] for pk in group if pk in rows]) for group in groups]


def _tally(rows: list[Any]) -> Tally:
    prices = [row[1] for row in rows]
    return Tally(
        numbers=Counter(unpacked(b"".join(row[0] for row in rows))),
        lowest=_price(min(prices, default=None)),
        highest=_price(max(prices, default=None)),
        in_stock=sum(not row[2] for row in rows),
    )


def _fetch(product_ids: Sequence[int]) -> list[Any]:
    if not product_ids:
        return []
    with connection.cursor() as cursor:
        # Written out, because SQLite may take no more than 999 parameters.
        cursor.execute(_ROWS % ",".join(str(int(pk)) for pk in product_ids))
        return list(cursor.fetchall())


def number_of(text: str) -> Decimal | None:
    """Read a number that a specification may have, else None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def _price(raw: float | Decimal | None) -> Decimal | None:
    # SQLite keeps a decimal as a float.
    return None if raw is None else money.rounded(Decimal(str(raw)))


def _any(conditions: Iterable[Q]) -> Q:
    wanted = Q(pk__in=[])
    for condition in conditions:
        wanted |= condition
    return wanted


def _spellings(values: Iterable[str]) -> Iterable[str]:
    # 16.0 is 16.
    for value in values:
        yield value
        number = number_of(value)
        if number is not None:
            yield f"{number.normalize():f}"


def _between(value: str) -> Q:
    low, _dots, high = value.partition("..")
    fits = Q(number__isnull=False)
    if (number := number_of(low)) is not None:
        fits &= Q(number__gte=number)
    if (number := number_of(high)) is not None:
        fits &= Q(number__lte=number)
    return fits


def _has_number(key: str, ranges: Sequence[str]) -> Q:
    # Of a product, or of one of its variants.
    fits = Q(definition__key=key) & _any(_between(each) for each in ranges)
    of_product = ProductSpec.objects.filter(fits, product=OuterRef("pk"))
    of_variant = VariantSpec.objects.filter(fits, variant__product=OuterRef("pk"))
    return Q(Exists(of_product)) | Q(Exists(of_variant))
