"""Each corruption is found, and mended where it can be derived."""

import os
import time
from pathlib import Path

import pytest
from PIL import Image

from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import OrderItem
from orders.tests.factories import make_order
from reviews import audit, photos
from reviews.models import Review, ReviewPhoto
from reviews.tests.factories import make_pending, make_written, photo_files
from shop import clock

pytestmark = pytest.mark.django_db

CHECKS = (
    audit.every_received_item_has_its_review,
    audit.reviews_are_their_buyers,
    audit.items_know_the_state_of_their_review,
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
    assert finding.expected == "4/1/0/4.00"
    mend()


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
