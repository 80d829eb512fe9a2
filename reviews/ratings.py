"""Stars of products, counted from what was written (rows G10, M4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count

from catalog import services as catalog
from catalog.models import Product
from reviews.models import STARS, Review

CHUNK = 500


@dataclass
class Ratings:
    """How many wrote how many stars about a product, and how many wrote nothing."""

    by_stars: dict[int, int] = field(default_factory=lambda: dict.fromkeys(STARS, 0))
    #: Nobody is silent before the clock praises for them.
    silent: int = 0

    @property
    def count(self) -> int:
        return sum(self.by_stars.values())

    @property
    def total(self) -> int:
        return sum(stars * number for stars, number in self.by_stars.items())

    @property
    def columns(self) -> tuple[int, int, int]:
        """As they stand on the product: `rating_sum`, `rating_count`, `silent_count`"""
        return self.total, self.count, self.silent


def ratings_of(product_ids: Iterable[int]) -> dict[int, Ratings]:
    """Count the stars of products from their written reviews."""
    found = {pk: Ratings() for pk in product_ids}
    written = Review.objects.written().filter(product__in=found)
    counted = written.values_list("product", "rating").annotate(number=Count("pk"))
    for product_id, stars, number in counted.order_by():
        if stars is not None:
            found[product_id].by_stars[stars] = number
    return found


def recount(product_ids: Iterable[int]) -> int:
    """Write products' ratings anew; return how many had been wrong.

    Called inside a transaction. The products are locked first: who reviews one of them
    meanwhile comes after us, and counts ours too.
    """
    rows = Product.objects.select_for_update().filter(pk__in=list(product_ids))
    columns = ("pk", "rating_sum", "rating_count", "silent_count", "rating_average")
    stored = list(rows.order_by("pk").values_list(*columns))
    counted = ratings_of(row[0] for row in stored)
    changed = 0
    for pk, *before, average in stored:
        now = counted[pk]
        rounded = catalog.average(now.total, now.count)
        if (tuple(before), average) != (now.columns, rounded):
            total, count, silent = now.columns
            catalog.set_ratings(product_id=pk, total=total, count=count, silent=silent)
            changed += 1
    return changed


def rebuild_ratings() -> int:
    """Count the stars of every product anew; return how many products there are."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            recount(ids[start : start + CHUNK])
    return len(ids)
