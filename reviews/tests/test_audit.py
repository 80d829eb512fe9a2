"""Each corruption is found, and mended where it can be derived."""

import os
import time
from pathlib import Path

import pytest
from django.db.models import F
from PIL import Image

from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import OrderItem
from orders.tests.factories import make_order
from reviews import audit, photos, ratings, services
from reviews.models import (
    FollowUp,
    HelpfulVote,
    RatingSummary,
    Reply,
    Review,
    ReviewPhoto,
)
from reviews.tests.factories import (
    make_held,
    make_pending,
    make_praised,
    make_written,
    photo_files,
)
from shop import clock

pytestmark = pytest.mark.django_db

CHECKS = (
    audit.every_received_item_has_its_review,
    audit.reviews_are_their_buyers,
    audit.items_know_the_state_of_their_review,
    audit.praise_came_when_it_was_due,
    audit.nothing_is_added_to_nothing,
    audit.votes_are_counted,
    audit.ratings_are_those_of_the_reviews,
    audit.photos_lie_on_disk,
)


def found():
    return [finding for check in CHECKS for finding in check()]


def mend():
    for finding in found():
        finding.fix()
    assert found() == []


@pytest.fixture
def review(alice):
    make_order(alice, status="shipped")
    make_pending(alice)
    praised = make_praised(alice)
    services.write_follow_up(review=praised, body="Still fine.")
    make_held(alice)
    return make_written(alice, rating=4, pictures=[Image.new("RGB", (30, 20))])


def test_a_shop_at_work_is_right(review):
    assert found() == []


def test_a_received_item_without_row(review):
    ReviewPhoto.objects.all().delete()
    for path in photo_files():
        path.unlink()
    Review.objects.filter(pk=review.pk).delete()
    checks = {finding.check for finding in found()}
    assert checks == {"review_row", "review_state", "ratings"}
    for finding in list(audit.every_received_item_has_its_review()):
        finding.fix()
    row = Review.objects.get(pk=review.pk)
    assert (row.state, row.user_id) == ("pending", review.user_id)
    mend()


def test_a_row_without_receipt(alice):
    item = make_order(alice, status="shipped").items.get()
    Review.objects.create(
        item=item, user=alice, product=item.product, created_at=clock.now()
    )
    [finding, _state] = found()
    assert str(finding) == (
        f"review_row reviews.Review {item.pk}: is there, should be none: not received"
    )
    assert finding.fix is None


def test_a_row_of_somebody_else(review, bob):
    Review.objects.filter(pk=review.pk).update(user=bob)
    assert [finding.check for finding in found()] == ["review_buyer"]
    mend()


def test_a_row_about_something_else(review):
    Review.objects.filter(pk=review.pk).update(product=make_product())
    assert {finding.check for finding in found()} == {"review_buyer", "ratings"}
    for finding in list(audit.reviews_are_their_buyers()):
        finding.fix()
    assert found() == []


@pytest.mark.parametrize("state", ["", "pending", "odd"])
def test_an_item_that_knows_another_state(review, state):
    OrderItem.objects.filter(pk=review.pk).update(review_state=state)
    [finding] = found()
    assert str(finding) == (
        f"review_state orders.OrderItem {review.pk}: "
        f"is {state or 'none'}, should be written"
    )
    mend()


def test_an_item_without_row_that_has_a_state(alice):
    item = make_order(alice, status="shipped").items.get()
    OrderItem.objects.filter(pk=item.pk).update(review_state="written")
    assert [finding.check for finding in found()] == ["review_state"]
    mend()


@pytest.mark.parametrize(
    "column", ["rating_sum", "rating_count", "silent_count", "rating_average"]
)
def test_ratings_that_are_wrong(review, column):
    Product.objects.filter(pk=review.product_id).update(**{column: 3})
    [finding] = found()
    assert (finding.check, finding.pk) == ("ratings", review.product_id)
    assert finding.expected == "4/1/0/4.00/0/1/0/0/0/0/1/0/0/1"
    mend()


@pytest.mark.parametrize("name", ratings.NUMBERS)
def test_a_summary_that_is_wrong(review, name):
    summary = RatingSummary.objects.get(product=review.product_id)
    wrong = 1 - getattr(summary, name)
    if name == "stars_4":
        RatingSummary.objects.update(with_photos=0, in_english=0)
    RatingSummary.objects.filter(pk=summary.pk).update(**{name: wrong})
    [finding] = found()
    assert (finding.check, finding.pk) == ("ratings", review.product_id)
    mend()


def test_a_summary_that_is_gone(review):
    RatingSummary.objects.filter(pk=review.product_id).delete()
    [finding] = found()
    assert finding.check == "ratings"
    mend()


def test_a_summary_of_what_nobody_reviewed(review):
    RatingSummary.objects.create(product=make_product(), silent=1)
    [finding] = found()
    assert finding.check == "ratings"
    mend()


def test_praise_at_another_moment(alice):
    praised = make_praised(alice)
    Review.objects.filter(pk=praised.pk).update(written_at=clock.now())
    [finding] = found()
    assert (finding.check, finding.fix) == ("praise", None)


def test_what_was_refunded_still_waits(alice):
    pending = make_pending(alice)
    OrderItem.objects.filter(pk=pending.pk).update(
        status="refunded",
        refunded_quantity=F("quantity"),
        refunded_amount=F("amount"),
    )
    [finding] = found()
    assert (finding.check, finding.expected) == ("praise", "withdrawn")
    mend()


def test_what_was_added_to_nothing(alice):
    pending = make_pending(alice)
    FollowUp.objects.create(review=pending, body="How?", written_at=clock.now())
    Reply.objects.create(
        review=make_praised(alice), body="To whom?", by=alice, written_at=clock.now()
    )
    assert {f.check for f in found()} >= {"follow_up", "reply"}


@pytest.mark.parametrize("count", [0, 9])
def test_votes_that_were_not_counted(review, bob, count):
    services.set_vote(user_id=bob.pk, review_id=review.pk, wish=True)
    Review.objects.filter(pk=review.pk).update(helpful_count=count)
    [finding] = found()
    assert (finding.check, finding.expected) == ("votes", "1")
    mend()


def test_a_vote_for_ones_own(review, alice):
    HelpfulVote.objects.create(review=review, user=alice, voted_at=clock.now())
    assert {f.check for f in found()} == {"votes", "own_vote"}


def test_a_photo_without_file(review):
    photo_files()[0].unlink()
    [finding] = found()
    assert (finding.check, finding.fix) == ("photo_file", None)


def test_a_file_without_photo(review):
    stray = Path(photos.folder()) / "aa" / "stray-240.webp"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    assert found() == []  # perhaps an upload that is under way
    old = time.time() - 2 * audit.SETTLED
    os.utime(stray, (old, old))
    assert [finding.check for finding in found()] == ["photo_owner"]
