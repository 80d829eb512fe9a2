"""Finding products by a plan, in order (docs/decisions/0010-search.md)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.models import Product
from catalog.search.plan import Plan, understand
from catalog.search.sql import COUNTED, Candidates, Fits, rarest_first
from catalog.search.terms import Known


@dataclass(frozen=True)
class Hits:
    """The ids of what was found, in order: all, or the first COUNTED of more."""

    ids: list[int]
    is_exact: bool = True

    @property
    def total(self) -> int:
        return len(self.ids)


def plan_for(
    products: QuerySet[Product], query: str, known: Known | None = None
) -> Plan:
    """Understand a query; when none of these products has all words, drop some.

    The most frequent word says the least, so it goes first; the last one stays, and so
    do all when one of them is not known at all.
    """
    plan = understand(query, known)
    if plan.unknown:
        return plan
    shorter = plan
    while len(shorter.terms) > 1 and not Candidates(products, shorter).is_any():
        shorter = shorter.without(max(shorter.terms, key=lambda term: term.frequency))
    if shorter.dropped and not Candidates(products, shorter).is_any():
        return plan
    return shorter


def search(products: QuerySet[Product], query: str | Plan, order: list[str]) -> Hits:
    """Find those of these products that have all words of the query, in order.

    `order` is how to sort; the word "rank" in it stands for how well a product fits,
    the sold-out ones behind all others. One reading finds all pages that can be opened
    and counts them, so that page 100 costs what page 1 does.
    """
    plan = understand(query) if isinstance(query, str) else query
    if plan.unknown:
        return Hits([])
    if "rank" in order and plan.terms:
        ids = _by_rank(Candidates(products, plan))
    else:
        columns = [column for column in order if column != "rank"]
        rows = matching(products, plan).order_by(*columns)
        ids = list(rows.values_list("pk", flat=True)[: COUNTED + 1])
    return Hits(ids[:COUNTED], is_exact=len(ids) <= COUNTED)


def some_of(products: QuerySet[Product], plan: Plan, most: int) -> Hits:
    """Find so many of those that fit, in whatever order is found the fastest."""
    if plan.unknown:
        return Hits([])
    if plan.conditions:
        # Unsorted, the rarest leads whatever it is.
        candidates = Candidates(products, plan, rarest_first(plan)[0])
        ids = candidates.some(most + 1)
    else:
        rows = products.order_by("is_sold_out", "-sales_count", "-pk")
        ids = list(rows.values_list("pk", flat=True)[: most + 1])
    return Hits(ids[:most], is_exact=len(ids) <= most)


def best_of(products: QuerySet[Product], plan: Plan, number: int) -> list[int]:
    """Return the products in stock that fit a plan best."""
    if plan.unknown or not plan.terms:
        return []
    return Candidates(products, plan).best(number, sold_out=False)


def matching(products: QuerySet[Product], query: str | Plan) -> QuerySet[Product]:
    """Return those of these products that have all words of the query.

    A rare word names its products; a frequent one is asked of each of them, so that
    a sort which has an index still stops after a page.
    """
    plan = understand(query) if isinstance(query, str) else query
    if plan.unknown:
        return products.none()
    if not plan.conditions:
        return products
    is_rare = min(term.frequency for term in plan.conditions) <= COUNTED
    return products.filter(Fits(plan, is_led=is_rare))


def _by_rank(candidates: Candidates) -> list[int]:
    """Return the first hits in the order of rank, the sold-out ones behind all others.

    Sold out is no part of the rank: stock comes and goes at the till, which must not
    move a hundred rows of words. It is asked of each candidate instead.
    """
    most = COUNTED + 1
    if candidates.is_bounded:
        return candidates.best(most)
    ids = candidates.best(most, sold_out=False)
    return ids + candidates.best(most - len(ids), sold_out=True)
