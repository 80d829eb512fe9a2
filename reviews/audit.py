"""What must always be true of reviews: rows, states, ratings, photos (row J3)."""

import time
from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.services.items import set_review_state
from orders.states import ItemStatus
from reviews import photos, services
from reviews.models import (
    FollowUp,
    HelpfulVote,
    RatingSummary,
    Reply,
    Review,
    ReviewPhoto,
)
from reviews.ratings import (
    COLUMNS,
    NOTHING,
    columns_of,
    numbers_of,
    ratings_of,
    recount,
)
from reviews.states import BY_BUYERS
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
def praise_came_when_it_was_due() -> Iterator[Finding]:
    """Default praise bears its item's deadline; what was refunded waits for none."""
    praised = Review.objects.praised().exclude(written_at=F("item__praise_at"))
    rows = praised.order_by("pk").values_list("pk", "written_at", "item__praise_at")
    for pk, stored, due_at in rows.iterator(chunk_size=CHUNK):
        yield Finding("praise", "reviews.Review", pk, str(stored), str(due_at))
    refunded = Review.objects.pending().filter(item__status=ItemStatus.REFUNDED)
    for pk in refunded.order_by("pk").values_list("pk", flat=True):
        mend = partial(_withdraw, pk)
        yield Finding("praise", "reviews.Review", pk, "pending", "withdrawn", mend)


@check
def nothing_is_added_to_nothing() -> Iterator[Finding]:
    """A follow-up belongs to what is closed, a reply to what somebody wrote."""
    open_states = [Review.State.PENDING, Review.State.WITHDRAWN]
    early = FollowUp.objects.filter(review__state__in=open_states).order_by("pk")
    for pk, state in early.values_list("pk", "review__state"):
        yield Finding("follow_up", "reviews.FollowUp", pk, f"to {state}", "none")
    answered = Reply.objects.exclude(review__state__in=BY_BUYERS)
    silent = answered.filter(review__follow_up=None).order_by("pk")
    for pk, state in silent.values_list("pk", "review__state"):
        yield Finding("reply", "reviews.Reply", pk, f"to {state}", "none")


@check
def votes_are_counted() -> Iterator[Finding]:
    """The number of votes is that of their rows; nobody votes for what is one's own."""
    votes = HelpfulVote.objects.filter(review=OuterRef("pk")).values("review")
    number = Coalesce(Subquery(votes.annotate(n=Count("pk")).values("n")), 0)
    wrong = Review.objects.annotate(expected=F("helpful_opening") + number).exclude(
        helpful_count=F("expected")
    )
    rows = wrong.order_by("pk").values_list("pk", "helpful_count", "expected")
    for pk, stored, count in rows.iterator(chunk_size=CHUNK):
        mend = partial(_count_votes, pk, count)
        yield Finding("votes", "reviews.Review", pk, str(stored), str(count), mend)
    own = HelpfulVote.objects.filter(user=F("review__user")).order_by("pk")
    for pk in own.values_list("pk", flat=True):
        yield Finding("own_vote", "reviews.HelpfulVote", pk, "there", "none")


@check
def ratings_are_those_of_the_reviews() -> Iterator[Finding]:
    """Summary and columns of a product are what its reviews say."""
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        counted = ratings_of(chunk)
        summaries = RatingSummary.objects.in_bulk(chunk)
        rows = Product.objects.filter(pk__in=chunk).order_by("pk")
        for pk, *columns in rows.values_list("pk", *COLUMNS):
            kept = numbers_of(summaries.get(pk, NOTHING))
            stored = (*columns, *kept)
            expected = (*columns_of(counted[pk]), *numbers_of(counted[pk]))
            if stored != expected:
                yield _wrong_ratings(pk, stored, expected)


def _wrong_ratings(
    pk: int, stored: tuple[object, ...], expected: tuple[object, ...]
) -> Finding:
    is_, should_be = ("/".join(map(str, each)) for each in (stored, expected))
    mend = partial(_recount, pk)
    return Finding("ratings", "catalog.Product", pk, is_, should_be, mend)


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


@transaction.atomic
def _withdraw(pk: int) -> None:
    services.withdraw_reviews([pk])


@transaction.atomic
def _count_votes(pk: int, count: int) -> None:
    Review.objects.filter(pk=pk).update(helpful_count=count)
    catalog.note_change()
