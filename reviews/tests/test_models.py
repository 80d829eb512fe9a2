from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.tests.factories import make_product
from orders.models import OrderItem
from reviews.languages import language_of
from reviews.models import RatingSummary, Reply, Review, ReviewPhoto
from reviews.names import masked
from reviews.tests.factories import make_pending, make_praised, make_written
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rating", [0, 6, 100])
def test_stars_outside_one_to_five_are_refused(rating):
    review = make_written()
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(rating=rating)


@pytest.mark.parametrize(
    "emptied", [{"rating": None}, {"body": ""}, {"written_at": None}]
)
def test_a_written_review_is_whole(emptied):
    review = make_written()
    with pytest.raises(IntegrityError, match="whole_or_empty"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**emptied)


@pytest.mark.parametrize("filled", [{"rating": 5}, {"body": "Good"}, {"written_at": 1}])
def test_a_pending_review_is_empty(filled):
    review = make_pending()
    if "written_at" in filled:
        filled = {"written_at": clock.now()}
    with (
        pytest.raises(IntegrityError, match="reviews_review"),
        transaction.atomic(),
    ):
        Review.objects.filter(pk=review.pk).update(**filled)


def test_an_unknown_state_is_refused():
    review = make_pending()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="glorious")


def test_photos_have_a_place_and_a_name_of_their_own():
    review = make_written()
    ReviewPhoto.objects.create(review=review, stem="a", position=0)
    for clash in ({"stem": "b", "position": 0}, {"stem": "a", "position": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewPhoto.objects.create(review=review, **clash)


@pytest.mark.parametrize(
    ("nickname", "shown"),
    [
        ("zhangsan", "z***n"),
        ("Bob", "B***b"),
        ("张小三", "张***三"),
        ("李雷", ""),
        ("Z", ""),
        ("", ""),
    ],
)
def test_a_masked_name_gives_nothing_away(nickname, shown):
    assert masked(nickname) == shown


def test_a_name_on_a_public_page_is_never_a_phone(alice):
    review = make_written(alice)
    assert review.author_name == "Alice"
    alice.nickname = ""
    review.user = alice
    assert "0" not in review.author_name
    review.is_anonymous = True
    assert "0" not in review.author_name


def test_the_key_is_the_items():
    review = make_pending()
    assert review.pk == review.item.pk
    columns = connection.introspection.get_primary_key_columns(
        connection.cursor(), Review._meta.db_table
    )
    assert columns == ["item_id"]


def test_words_of_the_queryset(alice, bob):
    product = make_product()
    mine, other = make_written(alice, product, rating=2), make_pending(bob)
    assert list(Review.objects.of(alice)) == [mine]
    assert list(Review.objects.filter(product=product)) == [mine]
    assert list(Review.objects.pending()) == [other]
    assert list(Review.objects.written()) == [mine]
    assert list(Review.objects.pending_first()) == [other, mine]
    assert list(Review.objects.bad_since(mine.written_at)) == [mine]


def test_default_praise_has_five_stars_and_no_words(alice):
    praised = make_praised(alice)
    for wrong in ({"rating": 4}, {"body": "So."}, {"written_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=praised.pk).update(**wrong)


def test_what_was_written_has_its_deadlines_and_its_public_name(alice):
    review = make_written(alice)
    for wrong in ({"public_id": None}, {"follow_up_by": None}):
        with pytest.raises(IntegrityError, match="deadlines"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**wrong)
    other = make_written(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(public_id=other.public_id)


def test_what_waits_has_its_deadline(alice):
    review = make_pending(alice)
    with pytest.raises(IntegrityError, match="has_its_deadline"), transaction.atomic():
        OrderItem.objects.filter(pk=review.pk).update(praise_at=None)


def test_nine_photos_are_the_most(alice):
    review = make_written(alice)
    with pytest.raises(IntegrityError, match="at_most_nine"), transaction.atomic():
        ReviewPhoto.objects.create(review=review, stem="x", position=9)


def test_votes_are_not_fewer_than_before_this_shop(alice):
    review = make_written(alice)
    with pytest.raises(IntegrityError, match="opening"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(helpful_opening=3)


def test_a_summary_has_no_more_photos_than_reviews(alice):
    review = make_written(alice)
    for wrong in ({"with_photos": 2}, {"in_chinese": 2}, {"in_english": 2}):
        with pytest.raises(IntegrityError, match="within"), transaction.atomic():
            RatingSummary.objects.filter(pk=review.product_id).update(**wrong)


def test_a_reply_has_text_and_is_changed_after_it_was_written(alice):
    review = make_written(alice)
    now = clock.now()
    early = now - timedelta(seconds=1)
    for wrong in ({"body": ""}, {"body": "So.", "edited_at": early}):
        with pytest.raises(IntegrityError, match="reply"), transaction.atomic():
            Reply.objects.create(review=review, by=alice, written_at=now, **wrong)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("屏幕很好", "zh"),
        ("DDR5 内存", "zh"),
        ("Light and quiet", "en"),
        ("12345", ""),
        ("👍👍👍👍👍", ""),
    ],
)
def test_the_language_of_a_text(text, language):
    assert language_of(text) == language
