"""Guess you like: best sellers of the categories that were searched (row H1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.models import RecentPurchase
from catalog.shelves import Shelf, keys_of

MOST = 8
#: Whoever bought more in a week resells; SQLite takes so many values in a list.
MOST_BOUGHT = 400


def guess_you_like(
    hits_by_category: Mapping[int, int],
    shown: Sequence[int],
    *,
    visible: Sequence[int],
    now: datetime,
    buyer_id: int | None = None,
) -> list[int]:
    """Return the keys of up to 8 best sellers in stock that fit what was searched.

    Each category gets places by its share of the whole result set, at least one for
    each of the largest; what is on the page is left out, and what `buyer_id` has paid
    for in the last seven days. Nothing found: the best sellers of all the `visible`
    categories. The same input gives the same list. One query, however many categories
    there are, and one for what was bought.
    """
    without = {*shown, *_bought_lately(buyer_id, now)}
    if not any(hits_by_category.values()):
        [best] = keys_of([_shelf(visible)], now, without)
        return best
    places = _places(hits_by_category)
    best_of_each = keys_of([_shelf([pk]) for pk in places], now, without)
    return _choose(list(places.values()), best_of_each)


def _shelf(categories: Sequence[int]) -> Shelf:
    return Shelf(categories, "sales_count", MOST, is_in_stock=True)


def _bought_lately(buyer_id: int | None, now: datetime) -> list[int]:
    if buyer_id is None:
        return []
    own = RecentPurchase.objects.of(buyer_id).lately(now).newest_first()
    return list(own.values_list("product_id", flat=True)[:MOST_BOUGHT])


def _choose(places: list[int], best_of_each: list[list[int]]) -> list[int]:
    """Take as many best sellers of each category as it has places."""
    first, spare = [], []
    for number, best in zip(places, best_of_each, strict=True):
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
