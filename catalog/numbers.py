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


def count(question: Question, hits: search.Hits) -> Numbers:
    """Count what the hits of a question have, and what each filter leaves out."""
    if question.is_open and not hits.is_exact:
        return _whole_category(question.category)
    whole = _counted(hits)
    others = {
        key: _counted(question.some_without(key, MOST_COUNTED))
        for key in question.narrowed_by
    }
    tallies = [whole[0], *(tally for tally, _is_exact in others.values())]
    rows = _facets_of(tallies, question.chosen_ids)
    stock, is_exact = others.get("in_stock", whole)
    price, is_bounded = others.get("price", whole)
    return Numbers(
        values=_by_filter(_values(rows, whole, others, question.chosen_ids)),
        lowest=price.lowest if is_bounded else None,
        highest=price.highest if is_bounded else None,
        in_stock=str(stock.in_stock) if is_exact else "",
        hits_by_category={
            int(value): whole[0].numbers[facet_id]
            for facet_id, key, value, *_names in rows
            if key == "category" and whole[0].numbers[facet_id]
        },
    )


def _counted(hits: search.Hits) -> Counted:
    ids = hits.ids if hits.is_exact else hits.ids[:MOST_COUNTED]
    return facets.tally(ids, with_prices=hits.is_exact), hits.is_exact


def _facets_of(tallies: list[Tally], chosen: set[int]) -> list[Any]:
    """Return the facets that were counted or are chosen: key, then COLUMNS."""
    wanted: Counter[int] = Counter()
    for tally in tallies:
        wanted.update(tally.numbers)
    most = [facet_id for facet_id, _count in wanted.most_common(MOST_FACETS)]
    rows = Facet.objects.filter(pk__in=chosen.union(most)).order_by("pk")
    return list(rows.values_list("pk", *COLUMNS))


def _values(
    rows: list[Any], whole: Counted, others: dict[str, Counted], chosen: set[int]
) -> Iterator[Value]:
    """Yield the values that there are; what is chosen also when nothing has it."""
    for facet_id, *said in rows:
        tally, is_exact = others.get(said[0], whole)
        number = tally.numbers[facet_id]
        if number or facet_id in chosen:
            yield Value._make([*said, number, is_exact])


def _whole_category(category: Category | None) -> Numbers:
    values = _by_filter(_kept(category))
    hits = {int(each.value): each.products for each in values.get("category", [])}
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
