"""What must always be true of reviews: rows, states, ratings, photos (row J3)."""

import time
from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.services.items import set_review_state
from reviews import photos, services
from reviews.models import Review, ReviewPhoto
from reviews.ratings import COLUMNS, columns_of, ratings_of, recount
from shop.audit import Finding, check

CHUNK = 500
#: A file younger than this may belong to an upload that is under way, in seconds.
SETTLED = 3600


@check
def every_received_item_has_its_review() -> Iterator[Finding]:
    """One row for each received item; the database allows no second."""
    # Also one whose money went back after receipt: its row stays.
    received = OrderItem.objects.filter(received_at__isnull=False)
    missing = received.filter(review=None).select_related("order").order_by("pk")
    for item in missing.iterator(chunk_size=CHUNK):
        mend = partial(_open, item)
        yield Finding("review_row", "orders.OrderItem", item.pk, "none", "one", mend)
    early = Review.objects.filter(item__received_at=None).order_by("pk")
    for pk in early.values_list("pk", flat=True):
        yield Finding("review_row", "reviews.Review", pk, "there", "none: not received")


@check
def reviews_are_their_buyers() -> Iterator[Finding]:
    """A review is by who bought the item, and about what was bought."""
    own = Q(user=F("item__order__user"), product=F("item__product"))
    strange = Review.objects.exclude(own).order_by("pk")
    columns = ("user", "product", "item__order__user", "item__product")
    for pk, user, product, buyer, bought in strange.values_list("pk", *columns):
        stored, expected = f"{user}/{product}", f"{buyer}/{bought}"
        mend = partial(_give_to_buyer, pk, buyer, bought)
        yield Finding("review_buyer", "reviews.Review", pk, stored, expected, mend)


@check
def items_know_the_state_of_their_review() -> Iterator[Finding]:
    """`review_state` of an item is the state of its row; without a row it is empty."""
    expected = Coalesce("review__state", Value(""))
    wrong = OrderItem.objects.annotate(expected=expected).exclude(
        review_state=F("expected")
    )
    rows = wrong.order_by("pk").values_list("pk", "review_state", "expected")
    for pk, stored, state in rows.iterator(chunk_size=CHUNK):
        mend = partial(set_review_state, item_id=pk, state=state)
        yield Finding(
            "review_state",
            "orders.OrderItem",
            pk,
            stored or "none",
            state or "none",
            mend,
        )


@check
def ratings_are_those_of_the_reviews() -> Iterator[Finding]:
    """Sum, count, silent and average of a product are what its reviews say."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        counted = ratings_of(chunk)
        rows = Product.objects.filter(pk__in=chunk).order_by("pk")
        for pk, *stored in rows.values_list("pk", *COLUMNS):
            expected = columns_of(counted[pk])
            if tuple(stored) != expected:
                yield Finding(
                    "ratings",
                    "catalog.Product",
                    pk,
                    "/".join(map(str, stored)),
                    "/".join(map(str, expected)),
                    partial(_recount, pk),
                )


@check
def photos_lie_on_disk() -> Iterator[Finding]:
    """Every photo has its files, and every file its photo."""
    named = set()
    rows = ReviewPhoto.objects.order_by("pk").values_list("pk", "stem")
    for pk, stem in rows.iterator(chunk_size=CHUNK):
        for path in photos.files_of(stem):
            named.add(path)
            if not path.is_file():
                yield Finding(
                    "photo_file", "reviews.ReviewPhoto", pk, "no file", path.name
                )
    for path in sorted(photos.folder().glob("*/*")):
        if path not in named and time.time() - path.stat().st_mtime > SETTLED:
            yield Finding("photo_owner", "file", path.name, "nobody's", "a review's")


@transaction.atomic
def _open(item: OrderItem) -> None:
    services.open_review(item=item)


@transaction.atomic
def _recount(product_id: int) -> None:
    recount([product_id])


@transaction.atomic
def _give_to_buyer(pk: int, user_id: int, product_id: int) -> None:
    Review.objects.filter(pk=pk).update(user_id=user_id, product_id=product_id)
    catalog.note_change()
