"""Guess you like: best sellers of the categories that were searched (row H1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Product, RecentPurchase
from catalog.shelves import Shelf, keys_of

MOST = 8


def guess_you_like(
    hits_by_category: Mapping[int, int],
    shown: Sequence[int],
    *,
    now: datetime,
    buyer_id: int | None = None,
) -> list[int]:
    """Return the keys of up to 8 best sellers in stock that fit what was searched.

    Each category gets places by its share of the whole result set, at least one for
    each of the largest; what is on the page is left out, and what `buyer_id` has paid
    for in the last seven days. Nothing found: the best sellers of all. The same input
    gives the same list. One query, however many categories there are.
    """
    candidates = Product.objects.public(now).in_stock()
    candidates = candidates.exclude(pk__in=shown)
    if buyer_id is not None:
        candidates = candidates.exclude(Exists(_bought_lately(buyer_id, now)))
    if not any(hits_by_category.values()):
        [best] = keys_of([Shelf(candidates, "sales_count", MOST)])
        return best
    return _choose(candidates, _places(hits_by_category))


def _bought_lately(buyer_id: int, now: datetime) -> QuerySet[RecentPurchase]:
    own = RecentPurchase.objects.of(buyer_id).lately(now)
    return own.filter(product=OuterRef("pk"))


def _choose(candidates: QuerySet[Product], places: dict[int, int]) -> list[int]:
    """Return the best sellers of each category, as many as it has places."""
    first, spare = [], []
    best_of_each = keys_of(
        [
            Shelf(candidates.filter(category=category), "sales_count", MOST)
            for category in places
        ]
    )
    for number, best in zip(places.values(), best_of_each, strict=True):
        first += best[:number]
        spare += best[number:]
    # A category that has too few left leaves its places to the others.
    return [*first, *spare][:MOST]


def _places(hits_by_category: Mapping[int, int]) -> dict[int, int]:
    """Share out the places in proportion to the hits, largest remainder first."""
    shares = sorted(hits_by_category.items(), key=lambda row: (-row[1], row[0]))
    total = sum(hits for _category, hits in shares)
    exact = {category: hits * MOST / total for category, hits in shares}
    places = {category: int(share) for category, share in exact.items()}
    by_remainder = sorted(exact, key=lambda c: places[c] - exact[c])
    for category in by_remainder[: MOST - sum(places.values())]:
        places[category] += 1
    return {category: number for category, number in places.items() if number}
