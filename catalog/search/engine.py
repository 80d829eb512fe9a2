"""Finding a page of products by a plan (docs/decisions/0010-search.md)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.models import Product
from catalog.search.plan import Plan, understand
from catalog.search.sql import Candidates, Fits

#: Hits are counted exactly up to here: 100 pages of 24.
COUNTED = 2400
#: Up to here the places of all words count, beyond only those of the rarest.
SCORED = 500


@dataclass(frozen=True)
class Hits:
    """The ids of one page of hits, and how many there are in all.

    Beyond COUNTED `total` stands still and `is_exact` is False.
    """

    ids: list[int]
    total: int
    is_exact: bool


def plan_for(products: QuerySet[Product], query: str) -> Plan:
    """Understand a query; when none of these products has all words, drop some.

    The most frequent word says the least, so it goes first; the last one stays, and so
    do all when one of them is not known at all.
    """
    plan = understand(query)
    if plan.unknown:
        return plan
    shorter = plan
    while len(shorter.terms) > 1 and not Candidates(products, shorter).count(1):
        shorter = shorter.without(max(shorter.terms, key=lambda term: term.frequency))
    if shorter.dropped and not Candidates(products, shorter).count(1):
        return plan
    return shorter


def search(
    products: QuerySet[Product],
    query: str | Plan,
    order: list[str],
    first: int,
    number: int,
) -> Hits:
    """Find `number` of these products from the `first` on, by all words of the query.

    `order` is how to sort; the word "rank" in it stands for how well a product fits,
    the sold-out ones behind all others.
    """
    plan = understand(query) if isinstance(query, str) else query
    if plan.unknown:
        return Hits([], 0, is_exact=True)
    found = matching(products, plan).order_by()
    if plan.terms:
        candidates = Candidates(products, plan)
        total = candidates.count(COUNTED + 1)
    else:
        total = found[: COUNTED + 1].count()
    if "rank" in order and plan.terms:
        ids = _by_rank(candidates, first, number) if total else []
    else:
        columns = [column for column in order if column != "rank"]
        rows = found.order_by(*columns).values_list("pk", flat=True)
        ids = list(rows[first : first + number])
    return Hits(ids=ids, total=min(total, COUNTED), is_exact=total <= COUNTED)


def best_of(products: QuerySet[Product], plan: Plan, number: int) -> list[int]:
    """Return the products in stock that fit a plan best; nothing is counted."""
    if plan.unknown or not plan.terms:
        return []
    return _page(Candidates(products, plan), 0, number, sold_out=False)


def matching(products: QuerySet[Product], query: str | Plan) -> QuerySet[Product]:
    """Return those of these products that have all words of the query.

    A rare word names its products; a frequent one is asked of each of them, so that
    a sort which has an index still stops after a page.
    """
    plan = understand(query) if isinstance(query, str) else query
    if plan.unknown:
        return products.none()
    if not plan.terms:
        return products
    is_rare = min(term.frequency for term in plan.terms) <= COUNTED
    return products.filter(Fits(plan, is_led=is_rare))


def _by_rank(candidates: Candidates, first: int, number: int) -> list[int]:
    """Return a page in the order of rank, the sold-out ones behind all others.

    Sold out is no part of the rank: stock comes and goes at the till, which must not
    move a hundred rows of words. It is asked of each candidate instead.
    """
    ids = _page(candidates, first, number, sold_out=False)
    if len(ids) == number:
        return ids
    before = first + len(ids)
    if first and not ids:
        before = candidates.count(COUNTED, sold_out=False)
    start = max(0, first - before)
    return ids + _page(candidates, start, number - len(ids), sold_out=True)


def _page(
    candidates: Candidates, first: int, number: int, *, sold_out: bool
) -> list[int]:
    # Where all words stand is looked at only among a few products.
    is_few = candidates.rarest.frequency <= SCORED
    return candidates.page(first, number, sold_out=sold_out, scored=is_few)
