"""The numbers beside filters: how many products there would be with a value (row B8).

Beside a value of one filter stands what all the others leave. Of more products than can
be opened the first ones are counted, and the number says so: "300+". Of a category that
nothing narrows the numbers are kept (`catalog.search.counts`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from catalog import facets, search
from catalog.facets import Tally
from catalog.listing import Question
from catalog.models import Category, Facet, FacetCount, SpecDefinition
from catalog.search import counts

#: Of more hits than can be opened, so many of the first are counted.
MOST_COUNTED = 1200
#: SQLite takes so many values in one list.
MOST_FACETS = 900
#: Facets whose names a process remembers.
MOST_REMEMBERED = 20_000
#: What a Value begins with.
COLUMNS = ("key", "value", "number", "name_zh", "name_en")

#: What was counted, and whether that was all.
Counted = tuple[Tally, bool]


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
    """What stands beside the filters of a list."""

    #: by filter: "brand", "category" and keys of specifications
    values: dict[str, list[Value]]
    lowest: Decimal | None = None
    highest: Decimal | None = None
    in_stock: str = ""
    #: How many hits each category has, by its key; of many, of the first ones.
    hits_by_category: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Remembered:
    """What facets are called, as long as a version of the catalogue holds."""

    as_of: str = ""
    rows: dict[int, Any] = field(default_factory=dict)


_remembered = Remembered()


def count(question: Question, hits: search.Hits, *, as_of: str = "") -> Numbers:
    """Count what the hits of a question have, and what each filter leaves out.

    `as_of` is the version of the catalogue under which the names of facets hold.
    """
    if question.is_open and not hits.is_exact:
        return _whole_category(question)
    found = [hits]
    found += [question.some_without(key, MOST_COUNTED) for key in question.narrowed_by]
    tallies = facets.tallies([_looked_at(each) for each in found])
    whole, *rest = zip(tallies, (each.is_exact for each in found), strict=True)
    others = dict(zip(question.narrowed_by, rest, strict=True))
    rows = _facets_of(tallies, question.chosen_ids, as_of)
    stock, is_exact = others.get("in_stock", whole)
    price, is_bounded = others.get("price", whole)
    return Numbers(
        values=_by_filter(_values(rows, whole, others, question.chosen_ids)),
        lowest=price.lowest if is_bounded else None,
        highest=price.highest if is_bounded else None,
        in_stock=str(stock.in_stock) if is_exact else "",
        hits_by_category={
            category.pk: whole[0].numbers[facet_id]
            for facet_id, key, value, *_names in rows
            for category in question.visible
            if (key, value) == ("category", category.slug)
            and whole[0].numbers[facet_id]
        },
    )


def _looked_at(hits: search.Hits) -> list[int]:
    return hits.ids if hits.is_exact else hits.ids[:MOST_COUNTED]


def _facets_of(tallies: list[Tally], chosen: set[int], as_of: str) -> list[Any]:
    """Return the facets that were counted or are chosen: key, then COLUMNS."""
    wanted: Counter[int] = Counter()
    for tally in tallies:
        wanted.update(tally.numbers)
    most = [facet_id for facet_id, _count in wanted.most_common(MOST_FACETS)]
    ids = sorted(chosen.union(most))
    known = _remembered.rows if _remembered.as_of == as_of and as_of else {}
    missing = [pk for pk in ids if pk not in known]
    if missing:
        rows = Facet.objects.filter(pk__in=missing).values_list("pk", *COLUMNS)
        known = known | {row[0]: row for row in rows}
        _remember(as_of, known)
    return [known[pk] for pk in ids if pk in known]


def _remember(as_of: str, rows: dict[int, Any]) -> None:
    global _remembered
    if as_of and len(rows) <= MOST_REMEMBERED:
        _remembered = Remembered(as_of, rows)


def _values(
    rows: list[Any], whole: Counted, others: dict[str, Counted], chosen: set[int]
) -> Iterator[Value]:
    """Yield the values that there are; what is chosen also when nothing has it."""
    for facet_id, *said in rows:
        tally, is_exact = others.get(said[0], whole)
        number = tally.numbers[facet_id]
        if number or facet_id in chosen:
            yield Value._make([*said, number, is_exact])


def _whole_category(question: Question) -> Numbers:
    values = _by_filter(_kept(question.category))
    by_slug = {each.value: each.products for each in values.get("category", [])}
    there = [each for each in question.visible if each.slug in by_slug]
    hits = {each.pk: by_slug[each.slug] for each in there}
    return Numbers(values, hits_by_category=hits)


def _kept(category: Category | None) -> Iterator[Value]:
    """Yield the values of the filters that a whole category, or the shop, offers."""
    offered = Q(facet__key__in=("brand", "category"))
    if category:
        specs = SpecDefinition.objects.filter(category=category, is_filterable=True)
        offered |= Q(facet__key__in=specs.values("key"))
    rows = FacetCount.objects.filter(
        offered, category_id=category.pk if category else counts.ALL
    )
    columns = [f"facet__{column}" for column in COLUMNS]
    for row in rows.order_by("facet").values_list(*columns, "number"):
        yield Value._make([*row, True])


def _by_filter(values: Iterable[Value]) -> dict[str, list[Value]]:
    """Put the values of each filter together, the most frequent first."""
    grouped: dict[str, list[Value]] = {}
    for value in sorted(values, key=lambda each: -each.products):
        grouped.setdefault(value.key, []).append(value)
    return grouped
