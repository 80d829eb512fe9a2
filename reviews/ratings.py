"""Stars of products, counted from what was written (rows G10, M4)."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from catalog import services as catalog
from catalog.models import Product
from reviews.models import STARS, FollowUp, RatingSummary, Review, ReviewPhoto

CHUNK = 500
State = Review.State
#: What is counted of a product's reviews: the columns of the summary.
NUMBERS = (
    *(f"stars_{n}" for n in STARS),
    "silent",
    "with_photos",
    "with_follow_up",
    "in_chinese",
    "in_english",
)
#: What stands on the product too, for lists.
COLUMNS = ("rating_sum", "rating_count", "silent_count", "rating_average")
#: A product that nobody reviewed needs no row.
NOTHING = RatingSummary()


def numbers_of(summary: RatingSummary) -> tuple[int, ...]:
    """Return the columns of a summary, for comparing."""
    return tuple(getattr(summary, name) for name in NUMBERS)


def columns_of(summary: RatingSummary) -> tuple[object, ...]:
    """Return what stands on the product, as its summary says."""
    average = catalog.average(summary.total, summary.count)
    return summary.total, summary.count, summary.silent, average


def ratings_of(product_ids: Iterable[int]) -> dict[int, RatingSummary]:
    """Count what products' reviews come to; the summaries are not saved."""
    found = {pk: RatingSummary(product_id=pk) for pk in product_ids}
    counted = Review.objects.filter(
        product__in=found, state__in=[State.WRITTEN, State.PRAISED]
    )
    rows = counted.values("product").annotate(**_counts()).order_by()
    for pk, *numbers in rows.values_list("product", *NUMBERS):
        found[pk] = RatingSummary(pk, **dict(zip(NUMBERS, numbers, strict=True)))
    return found


def recount(product_ids: Iterable[int]) -> int:
    """Write products' ratings anew; return how many had been wrong.

    Called inside a transaction. The products are locked first: who reviews one of them
    meanwhile comes after us, and counts ours too.
    """
    rows = Product.objects.select_for_update().filter(pk__in=list(product_ids))
    stored = list(rows.order_by("pk").values_list("pk", *COLUMNS))
    ids = [row[0] for row in stored]
    summaries = RatingSummary.objects.in_bulk(ids)
    counted = ratings_of(ids)
    changed = [
        pk
        for pk, *columns in stored
        if tuple(columns) != columns_of(counted[pk])
        or numbers_of(summaries.get(pk, NOTHING)) != numbers_of(counted[pk])
    ]
    for pk in changed:
        _write(counted[pk])
    return len(changed)


def rebuild_ratings() -> int:
    """Count the stars of every product anew; return how many products there are."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            recount(ids[start : start + CHUNK])
    return len(ids)


def _counts() -> dict[str, Count]:
    written = Q(state=State.WRITTEN)
    photos = Exists(ReviewPhoto.objects.filter(review=OuterRef("pk")))
    wanted = {f"stars_{n}": written & Q(rating=n) for n in STARS} | {
        "silent": Q(state=State.PRAISED),
        "with_photos": written & Q(photos),
        "with_follow_up": Q(follow_up__state=FollowUp.State.SHOWN),
        "in_chinese": written & Q(language="zh"),
        "in_english": written & Q(language="en"),
    }
    return {name: Count("pk", filter=condition) for name, condition in wanted.items()}


def _write(counted: RatingSummary) -> None:
    numbers = {name: getattr(counted, name) for name in NUMBERS}
    RatingSummary.objects.update_or_create(
        product_id=counted.product_id, defaults=numbers
    )
    catalog.set_ratings(
        product_id=counted.product_id,
        total=counted.total,
        count=counted.count,
        silent=counted.silent,
    )
