"""Writing a review: the whole deed or nothing."""

import time

import pytest
from PIL import Image

from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from catalog.models import Product
from catalog.tests.factories import make_product
from reviews import photos, ratings
from reviews.models import ReviewPhoto
from reviews.refusals import AlreadyWritten
from reviews.services import Opinion, write_review, writing
from reviews.tests.factories import BODY, make_pending, make_written, photo_files
from shop import clock, retry
from shop.images import save_webp
from shop.photos import PhotosNotSaved

pytestmark = pytest.mark.django_db

BAD = Opinion(rating=1, body="It broke at once.")


def images(number):
    return [Image.new("RGB", (50, 40), (20 * n, 0, 0)) for n in range(number)]


def test_a_review_is_written_with_all_that_follows(alice):
    review = make_pending(alice)
    with clock.at(clock.now()):
        now = clock.now()
        write_review(review=review, opinion=Opinion(rating=4, body=BODY))
    review.refresh_from_db()
    assert (review.state, review.rating, review.body) == ("written", 4, BODY)
    assert (review.written_at, review.is_anonymous) == (now, False)
    assert review.item.review_state == "written"
    product = Product.objects.get()
    assert (product.rating_sum, product.rating_count) == (4, 1)


def test_a_second_one_is_refused_and_keeps_nothing(alice):
    review = make_written(alice, pictures=images(1))
    before = photo_files()
    with pytest.raises(AlreadyWritten):
        write_review(review=review, opinion=BAD, pictures=images(2))
    review.refresh_from_db()
    assert (review.rating, review.body) == (5, BODY)
    assert photo_files() == before
    assert Product.objects.get().rating_sum == 5


def test_photos_have_two_files_each_and_keep_their_order(alice):
    wide = photos.shrunk(Image.new("RGB", (3000, 1500)))
    review = make_written(alice, pictures=[wide, *images(8)])
    rows = review.photos.in_order()
    assert [photo.position for photo in rows] == list(range(9))
    assert len(photo_files()) == 18
    small, large = photos.files_of(rows[0].stem)
    assert (Image.open(small).size, Image.open(small).format) == ((240, 240), "WEBP")
    assert Image.open(large).size == (1200, 600)


def test_the_same_picture_of_two_buyers_has_two_names(alice, bob):
    for user in (alice, bob):
        make_written(user, pictures=images(1))
    stems = ReviewPhoto.objects.values_list("stem", flat=True)
    assert len(set(stems)) == 2


@pytest.mark.parametrize("broken", ["os.fsync", "os.replace", "PIL.Image.Image.save"])
def test_a_full_disk_keeps_nothing(alice, monkeypatch, broken):
    review = make_pending(alice)
    real = save_webp
    calls = []

    def second_picture_fails(image, path):
        calls.append(path)
        if len(calls) < 3:
            return real(image, path)
        with monkeypatch.context() as patch:
            patch.setattr(broken, full_disk)
            return real(image, path)

    monkeypatch.setattr("shop.images.save_webp", second_picture_fails)
    with pytest.raises(PhotosNotSaved):
        write_review(review=review, opinion=BAD, pictures=images(3))
    assert photo_files() == []
    review.refresh_from_db()
    assert review.state == "pending"
    assert Product.objects.get().rating_count == 0


def full_disk(*args, **kwargs):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "step", ["set_review_state", "ratings.recount", "ReviewPhoto.objects.bulk_create"]
)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_step_that_fails_undoes_all(monkeypatch, step):
    review = make_pending()

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(f"reviews.services.writing.{step}", fail)
    with pytest.raises(ZeroDivisionError):
        write_review(review=review, opinion=BAD, pictures=images(2))
    assert photo_files() == []
    review.refresh_from_db()
    assert (review.state, review.item.review_state) == ("pending", "pending")
    assert not ReviewPhoto.objects.exists()
    assert Product.objects.get().rating_count == 0


def test_a_commit_whose_answer_was_lost_keeps_its_photos(alice, monkeypatch):
    """The deed was done, then tried again: the files that rows name must stay."""
    review = make_pending(alice)
    real = writing._write

    def done_and_tried_again(*args):
        real(*args)
        real(*args)

    monkeypatch.setattr(writing, "_write", done_and_tried_again)
    with pytest.raises(AlreadyWritten):
        write_review(review=review, opinion=BAD, pictures=images(2))
    assert len(photo_files()) == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_reviews_of_one_product_at_once_add_up(monkeypatch):
    count = ratings.ratings_of

    def count_slowly(product_ids):
        counted = count(product_ids)
        # Without the lock, all would have counted by now, each without the others.
        time.sleep(0.05)
        return counted

    monkeypatch.setattr(ratings, "ratings_of", count_slowly)
    retries = []
    monkeypatch.setattr(retry, "_prepare_next_try", lambda *args: retries.append(args))
    product = make_product()
    stars = [1, 2, 3, 4, 5, 5, 5, 4]
    waiting = [make_pending(make_user(), product) for _ in stars]

    def deed(review, rating):
        opinion = Opinion(rating=rating, body=BODY)
        return lambda: write_review(review=review, opinion=opinion)

    results = at_once(*map(deed, waiting, stars))
    assert results == ["written"] * 8
    # They came one after the other, and none of them met a deadlock.
    assert retries == []
    product.refresh_from_db()
    assert (product.rating_sum, product.rating_count) == (sum(stars), 8)
    assert count([product.pk])[product.pk].total == sum(stars)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_review_sent_eight_times_at_once_is_written_once():
    review = make_pending()

    def deed(number):
        opinion = Opinion(rating=1 + number % 5, body=f"Sent as number {number}.")
        return lambda: write_review(review=review, opinion=opinion, pictures=images(1))

    results = at_once(*map(deed, range(8)))
    refused = [r for r in results if isinstance(r, AlreadyWritten)]
    assert (results.count("written"), len(refused)) == (1, 7)
    review.refresh_from_db()
    product = Product.objects.get()
    assert (product.rating_sum, product.rating_count) == (review.rating, 1)
    assert ReviewPhoto.objects.count() == 1
    assert len(photo_files()) == 2


def test_transparent_pictures_lie_on_white():
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert photos.shrunk(image).getpixel((5, 5)) == (255, 255, 255)
    assert photos.shrunk(Image.new("RGB", (4000, 1000))).size == (1200, 300)
