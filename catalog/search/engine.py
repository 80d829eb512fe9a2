"""Finding products by a plan, in order (docs/decisions/0010 and 0017)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from pyroaring import BitMap

from catalog.models import Product
from catalog.search.plan import Plan, understand
from catalog.search.reading import Words, words_of
from catalog.search.snapshot import NOTHING, PLACES, Snapshot
from catalog.search.terms import Known, Term

#: So many hits can be opened: 100 pages of 24.
COUNTED = 2400
#: Of so many hits the places of all words count, of more only those of the rarest.
SCORED = 500

#: Returns the hits from one place to another, in order.
Order = Callable[[int, int], list[int]]


@dataclass(frozen=True)
class Hits:
    """What was found: all of it, and in order what can be opened."""

    products: BitMap
    order: Order

    @property
    def total(self) -> int:
        return min(len(self.products), COUNTED)

    @property
    def is_exact(self) -> bool:
        return len(self.products) <= COUNTED

    @property
    def ids(self) -> list[int]:
        """The keys of all that can be opened, in order."""
        return self.order(0, self.total)


def plan_for(
    snapshot: Snapshot, query: str, among: BitMap, known: Known | None = None
) -> Plan:
    """Understand a query; when none of these products has all words, drop some.

    The most frequent word says the least, so it goes first; the last one stays, and so
    do all when one of them is not known at all.
    """
    plan = understand(query, known)
    if plan.unknown:
        return plan
    shorter = plan
    while len(shorter.terms) > 1 and not found(snapshot, shorter, among):
        shorter = shorter.without(max(shorter.terms, key=lambda term: term.frequency))
    if shorter.dropped and not found(snapshot, shorter, among):
        return plan
    return shorter


def found(snapshot: Snapshot, plan: Plan, among: BitMap) -> BitMap:
    """Return those of these products that have all words of a plan."""
    if plan.unknown:
        return NOTHING
    words = words_of(snapshot, plan.tokens)
    for term in plan.terms:
        among = among & _having(term, words)
    return among


def by_rank(snapshot: Snapshot, plan: Plan, products: BitMap) -> Hits:
    """Return these hits of a plan with words in the order of how well they fit."""

    def order(first: int, last: int) -> list[int]:
        return best_first(snapshot, plan, products, last)[first:]

    return Hits(products, order)


def by_columns(
    rows: QuerySet[Product], columns: Sequence[str], products: BitMap, among: int
) -> Hits:
    """Return these products in the order of columns that have an index.

    `rows` are all that it may be, `among` about how many of them are on the shelf.
    """
    in_order = rows.order_by(*columns).values_list("pk", flat=True)

    def order(first: int, last: int) -> list[int]:
        if len(products) > COUNTED:
            return _passed(in_order, products, last, among)[first:]
        keys = ",".join(map(str, products))
        # Written out, because SQLite may take no more than 999 parameters.
        few = in_order.filter(pk__in=RawSQL(keys, [])) if keys else in_order.none()  # noqa: S611
        return list(few[first:last])

    return Hits(products, order)


def _passed(
    rows: QuerySet[Product, int], products: BitMap, number: int, among: int
) -> list[int]:
    """Read rows in their order until so many of these products have come."""
    found: list[int] = []
    start, size = 0, number * among // len(products) + number
    while len(found) < number and (some := list(rows[start : start + size])):
        found += filter(products.__contains__, some)
        start, size = start + size, 2 * size
    return found[:number]


def best_first(snapshot: Snapshot, plan: Plan, hits: BitMap, number: int) -> list[int]:
    """Return the first of a plan's hits in the order of rank, the sold-out ones last.

    Sold out is no part of the rank: stock comes and goes at the till, which must not
    move a hundred rows of words.
    """
    grades = _grades(plan, words_of(snapshot, plan.tokens), hits)
    sold_out = snapshot.states.sold_out
    best: list[int] = []
    for half in (hits - sold_out, hits & sold_out):
        for grade in grades:
            missing = number - len(best)
            if missing > 0 and (equals := half & grade):
                best += snapshot.best_sellers.first(equals, missing)
    return best


def _having(term: Term, words: Words) -> BitMap:
    """Return what has a term: all tokens of one of its forms."""
    forms = (
        BitMap.intersection(*(_anywhere([token], words) for token in form))
        for form in term.forms
    )
    return BitMap.union(*forms)


def _anywhere(tokens: Iterable[str], words: Words) -> BitMap:
    return BitMap.union(*(words[token, p] for token in tokens for p in PLACES))


def _grades(plan: Plan, words: Words, hits: BitMap) -> list[BitMap]:
    """Share out the hits by how well they fit, the best first."""
    if not plan.terms:
        return [hits]
    if len(plan.terms) > 1 and len(hits) <= SCORED:
        return _by_all_words(plan, words, hits)
    rarest = min(plan.terms, key=lambda term: (term.frequency, term.text))
    return list(_by_place(rarest.drivers, words, hits))


def _by_place(
    tokens: Iterable[str], words: Words, products: BitMap
) -> Iterator[BitMap]:
    """Yield the products by the best place where one of these words stands in them."""
    tokens = list(tokens)
    for place in PLACES:
        here = products & BitMap.union(*(words[token, place] for token in tokens))
        yield here
        products = products - here


def _by_all_words(plan: Plan, words: Words, hits: BitMap) -> list[BitMap]:
    scores: Counter[int] = Counter()
    for term in plan.terms:
        parts = _by_place(term.tokens, words, hits)
        for place, products in zip(PLACES, parts, strict=True):
            scores.update(dict.fromkeys(products, place))
    grades: dict[int, list[int]] = {}
    for pk, score in scores.items():
        grades.setdefault(score, []).append(pk)
    return [BitMap(grades[score]) for score in sorted(grades, reverse=True)]
