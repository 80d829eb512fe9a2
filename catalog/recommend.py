"""Guess you like: best sellers of the categories that were searched (row H1)."""

from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet

from catalog.models import Product, RecentPurchase
from catalog.shelves import Shelf, keys_of

MOST = 8
REMEMBERED = 300  # seconds


def guess_you_like(
    matching: QuerySet[Product],
    shown: list[Product],
    *,
    now: datetime,
    remember_as: str = "",
    buyer_id: int | None = None,
) -> list[Product]:
    """Return up to 8 best sellers in stock that fit what was searched.

    Each category gets places by its share of the whole result set, at least one for
    each of the largest; what is on the page is left out, and what `buyer_id` has paid
    for in the last seven days. Nothing found: the best sellers of all. The same input
    gives the same list. With `remember_as` the hits are counted once in some minutes:
    of very many, a few more change nothing.

    Two queries beside the count, however many categories there are.
    """
    shares = _shares(matching, remember_as)
    candidates = Product.objects.public(now).in_stock()
    candidates = candidates.exclude(pk__in=[product.pk for product in shown])
    if buyer_id is not None:
        candidates = candidates.exclude(Exists(_bought_lately(buyer_id, now)))
    if not shares:
        [best] = keys_of([Shelf(candidates, "sales_count", MOST)])
        return Product.objects.cards_in_order(best)
    return Product.objects.cards_in_order(_choose(candidates, _places(shares)))


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


def _shares(matching: QuerySet[Product], remember_as: str) -> list[tuple[int, int]]:
    if not remember_as:
        return _hits_by_category(matching)
    key = f"hits-by-category-{sha256(remember_as.encode()).hexdigest()}"
    known: list[tuple[int, int]] | None = cache.get(key)
    if known is None:
        known = _hits_by_category(matching)
        cache.set(key, known, REMEMBERED)
    return known


def _hits_by_category(matching: QuerySet[Product]) -> list[tuple[int, int]]:
    counted = matching.order_by().values_list("category").annotate(hits=Count("pk"))
    return sorted(counted, key=lambda row: (-row[1], row[0]))


def _places(shares: list[tuple[int, int]]) -> dict[int, int]:
    """Share out the places in proportion to the hits, largest remainder first."""
    total = sum(hits for _category, hits in shares)
    exact = {category: hits * MOST / total for category, hits in shares}
    places = {category: int(share) for category, share in exact.items()}
    by_remainder = sorted(exact, key=lambda c: places[c] - exact[c])
    for category in by_remainder[: MOST - sum(places.values())]:
        places[category] += 1
    return {category: number for category, number in places.items() if number}
