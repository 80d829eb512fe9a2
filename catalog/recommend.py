"""Guess you like: best sellers of the categories that were searched (row H1)."""

from collections.abc import Mapping
from datetime import datetime

from catalog.models import Product

MOST = 8


def guess_you_like(
    hits_by_category: Mapping[int, int], shown: list[Product], *, now: datetime
) -> list[Product]:
    """Return up to 8 best sellers in stock that fit what was searched.

    Each category gets places by its share of the whole result set, at least one for
    each of the largest; what is on the page is left out. Nothing found: the best
    sellers of all. The same input gives the same list.
    """
    candidates = Product.objects.public(now).in_stock().best_sellers_first()
    candidates = candidates.exclude(pk__in=[product.pk for product in shown])
    if not any(hits_by_category.values()):
        best = list(candidates.values_list("pk", flat=True)[:MOST])
        return Product.objects.cards_in_order(best)
    first, spare = [], []
    for category_id, places in _places(hits_by_category).items():
        of_category = candidates.filter(category=category_id)
        best = list(of_category.values_list("pk", flat=True)[:MOST])
        first += best[:places]
        spare += best[places:]
    # A category that has too few left leaves its places to the others.
    return Product.objects.cards_in_order([*first, *spare][:MOST])


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
