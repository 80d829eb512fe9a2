"""Row G8: one edit, one follow-up, one reply; each in its time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from accounts.tests.factories import make_carol
from accounts.tests.parallel import at_once
from catalog.tests.factories import make_product
from reviews import services
from reviews.models import FollowUp, Review
from reviews.refusals import (
    AlreadyChanged,
    AlreadyFollowedUp,
    NothingToAnswer,
    TooLateToChange,
    TooLateToFollowUp,
)
from reviews.services import Opinion
from reviews.tests.factories import (
    BODY,
    make_pending,
    make_praised,
    make_word,
    make_written,
    photo_files,
    upload,
)
from shop import clock, policy

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
JSON = {"Accept": "application/json"}
LATER = {"body": "After a month: still fine."}
CHANGED = {"rating": "2", "body": "It broke after a week."}


def address(review, part=""):
    return f"/en/reviews/{review.pk}/{part}"


# Follow-up --------------------------------------------------------------------


def test_a_follow_up_is_written_once_and_shown(as_alice, alice, client):
    review = make_written(alice)
    page = as_alice.get(address(review)).text
    assert 'data-test="follow-up-form"' in page
    response = as_alice.post(address(review), LATER)
    assert (response.status_code, response.url) == (302, address(review))
    for page in (
        as_alice.get(address(review)).text,
        client.get(f"/en/p/{review.product_id}/").text,
    ):
        assert 'data-test="follow-up"' in page
        assert LATER["body"] in page
        assert 'data-test="follow-up-form"' not in page
    response = as_alice.post(address(review), LATER, headers=JSON)
    body = response.json()
    assert (response.status_code, body["error"]) == (409, "already_followed_up")
    assert FollowUp.objects.count() == 1


@pytest.mark.parametrize("make", [make_written, make_praised])
@pytest.mark.parametrize(
    ("late", "refusal"),
    [(-SECOND, None), (0 * SECOND, None), (SECOND, TooLateToFollowUp)],
)
def test_its_time(alice, make, late, refusal):
    review = make(alice)
    due_at = review.written_at + timedelta(days=180)
    assert review.follow_up_by == due_at
    with clock.at(due_at + late):
        if refusal:
            with pytest.raises(refusal):
                services.write_follow_up(review=review, body="Later on.")
        else:
            services.write_follow_up(review=review, body="Later on.")


def test_its_time_is_copied(alice):
    policy.change("follow_up_days", "10")
    policy.change("review_edit_days", "3")
    review = make_written(alice)
    policy.change("follow_up_days", "180")
    policy.change("review_edit_days", "30")
    assert review.follow_up_by == review.written_at + timedelta(days=10)
    assert review.edit_by == review.written_at + timedelta(days=3)


@pytest.mark.parametrize("body", ["", "abcd", "x" * 501, "    \n   "])
def test_a_bad_one_is_told_at_the_field(as_alice, alice, body):
    review = make_written(alice)
    response = as_alice.post(address(review), {"body": body})
    assert response.status_code == 200
    assert 'id="id_body_error" role="alert"' in response.text
    assert not FollowUp.objects.exists()


def test_after_default_praise_it_has_no_stars_and_counts_nothing(as_alice, alice):
    review = make_praised(alice)
    as_alice.post(address(review), {**LATER, "anonymous": ""})
    review.refresh_from_db()
    assert (review.state, review.rating) == ("default_praise", 5)
    product = review.product
    product.refresh_from_db()
    assert (product.rating_count, product.silent_count) == (0, 1)
    assert product.rating_summary.with_follow_up == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_clicks_write_one_follow_up():
    review = make_written()

    def write():
        return services.write_follow_up(review=review, body="Still fine.")

    results = at_once(*[write] * 6)
    refused = [each for each in results if isinstance(each, AlreadyFollowedUp)]
    assert len(refused) == 5
    assert FollowUp.objects.count() == 1


def test_the_database_takes_no_second_one_and_no_empty_one(alice):
    review = make_written(alice)
    services.write_follow_up(review=review, body="Still fine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(review=review, body="Two", written_at=clock.now())
    with pytest.raises(IntegrityError, match="has_text"), transaction.atomic():
        FollowUp.objects.update(body="")
    for wrong in ({"state": "hidden"}, {"hidden_reason": "so"}):
        with pytest.raises(IntegrityError, match="reason"), transaction.atomic():
            FollowUp.objects.update(**wrong)


# Edit ---------------------------------------------------------------------------


def test_a_review_is_changed_once_and_says_so(as_alice, alice, client):
    review = make_written(alice, rating=5)
    assert 'data-test="edit-review"' in as_alice.get(address(review)).text
    page = as_alice.get(address(review, "edit/")).text
    assert BODY in page
    assert 'name="rating" value="5" id="id_rating_4" required checked' in page
    response = as_alice.post(address(review, "edit/"), CHANGED)
    assert (response.status_code, response.url) == (302, address(review))
    review.refresh_from_db()
    assert (review.rating, review.body, review.language) == (2, CHANGED["body"], "en")
    review.product.refresh_from_db()
    assert review.product.rating_sum == 2
    page = client.get(f"/en/p/{review.product_id}/").text
    assert "changed on" in page
    assert BODY not in page
    again = as_alice.post(address(review, "edit/"), CHANGED, headers=JSON)
    assert (again.status_code, again.json()["error"]) == (409, "already_changed")
    assert as_alice.get(address(review, "edit/")).status_code == 302
    assert 'data-test="edit-review"' not in as_alice.get(address(review)).text


@pytest.mark.parametrize(
    ("late", "refusal"),
    [(-SECOND, None), (0 * SECOND, None), (SECOND, TooLateToChange)],
)
def test_the_time_to_change(alice, late, refusal):
    review = make_written(alice)
    due_at = review.written_at + timedelta(days=30)
    opinion = Opinion(rating=1, body="Changed.")
    with clock.at(due_at + late):
        if refusal:
            with pytest.raises(refusal):
                services.edit_review(review=review, opinion=opinion)
        else:
            services.edit_review(review=review, opinion=opinion)
    review.refresh_from_db()
    assert review.rating == (5 if refusal else 1)


@pytest.mark.parametrize("make", [make_pending, make_praised])
def test_what_nobody_wrote_cannot_be_changed(as_alice, alice, make):
    review = make(alice)
    response = as_alice.post(address(review, "edit/"), CHANGED, headers=JSON)
    assert response.json()["error"] == "too_late_to_change"
    before = review.state
    review.refresh_from_db()
    assert review.state == before


def test_photos_are_taken_out_and_added(
    as_alice, alice, django_capture_on_commit_callbacks
):
    pictures = [Image.new("RGB", (30, 20), (n, 0, 0)) for n in range(3)]
    review = make_written(alice, pictures=pictures)
    first, second, third = (p.stem for p in review.photos.in_order())
    page = as_alice.get(address(review, "edit/")).text
    assert page.count('name="taken_out"') == 3
    typed = {**CHANGED, "taken_out": [second], "photos": [upload()]}
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.post(address(review, "edit/"), typed)
    stems = [p.stem for p in review.photos.in_order()]
    assert stems[:2] == [first, third]
    assert len(stems) == 3
    assert second not in stems
    assert len(photo_files()) == 6
    assert not [path for path in photo_files() if second in str(path)]


def test_nine_are_the_most_also_after_a_change(as_alice, alice):
    pictures = [Image.new("RGB", (9, 9), (n, 0, 0)) for n in range(8)]
    review = make_written(alice, pictures=pictures)

    def typed():
        return {**CHANGED, "photos": [upload(name="a.png"), upload(name="b.png")]}

    response = as_alice.post(address(review, "edit/"), typed())
    assert 'id="id_photos_error" role="alert"' in response.text
    assert CHANGED["body"] in response.text
    first = review.photos.in_order()[0].stem
    assert len(photo_files()) == 16
    as_alice.post(address(review, "edit/"), {**typed(), "taken_out": [first]})
    assert review.photos.count() == 9


def test_a_photo_of_somebody_else_is_not_taken_out(as_alice, alice, bob):
    other = make_written(bob, pictures=[Image.new("RGB", (9, 9))])
    review = make_written(alice)
    stem = other.photos.get().stem
    response = as_alice.post(address(review, "edit/"), {**CHANGED, "taken_out": [stem]})
    assert response.status_code == 200
    assert other.photos.count() == 1


def test_a_change_that_fails_keeps_all(alice, monkeypatch):
    review = make_written(alice, pictures=[Image.new("RGB", (9, 9))])

    def fail(*args):
        raise ZeroDivisionError

    monkeypatch.setattr("reviews.services.writing._tell", fail)
    stem = review.photos.get().stem
    with pytest.raises(ZeroDivisionError):
        services.edit_review(
            review=review,
            opinion=Opinion(rating=1, body="Changed."),
            pictures=[Image.new("RGB", (9, 9))],
            taken_out=[stem],
        )
    review.refresh_from_db()
    assert (review.rating, review.photos.get().stem) == (5, stem)
    assert len(photo_files()) == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_changes_at_once_are_one():
    review = make_written()

    def change(rating):
        opinion = Opinion(rating=rating, body=f"I give {rating}.")
        return lambda: services.edit_review(review=review, opinion=opinion)

    results = at_once(*map(change, (1, 2, 3, 4)))
    assert len([each for each in results if isinstance(each, AlreadyChanged)]) == 3
    review.refresh_from_db()
    review.product.refresh_from_db()
    assert review.product.rating_sum == review.rating
    assert review.body == f"I give {review.rating}."


@pytest.mark.parametrize(
    "wrong", [timedelta(days=-1), timedelta(days=31)], ids=["early", "late"]
)
def test_the_database_knows_when_a_change_can_be(alice, wrong):
    review = make_written(alice)
    with pytest.raises(IntegrityError, match="within_its_time"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(edited_at=review.written_at + wrong)


# Who may --------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "edit/"])
def test_strangers_find_nothing_and_visitors_sign_in(as_bob, client, alice, part):
    review = make_written(alice)
    staff = Client()
    staff.force_login(make_carol(is_superuser=True))
    for stranger in (as_bob, staff):
        assert stranger.get(address(review, part)).status_code == 404
        assert stranger.post(address(review, part), {**CHANGED}).status_code == 404
    assert client.get(address(review, part), headers=JSON).status_code == 401
    assert client.post(address(review, part), CHANGED).status_code == 302
    assert as_bob.put(address(review, part)).status_code == 405
    review.refresh_from_db()
    assert (review.rating, review.edited_at) == (5, None)
    assert not FollowUp.objects.exists()


def test_before_receipt_there_is_nothing(as_alice):
    assert as_alice.get("/en/reviews/999999/edit/").status_code == 404


# Reply ------------------------------------------------------------------------------


def test_one_reply_dated_and_changed(alice, client):
    review, carol = make_written(alice, rating=1), make_carol()
    services.write_reply(review_id=review.pk, body="We are sorry.", by_id=carol.pk)
    page = client.get(f"/en/p/{review.product_id}/").text
    assert 'data-test="reply"' in page
    assert "We are sorry." in page
    assert "changed on" not in page
    with clock.at(clock.now() + timedelta(days=1)):
        services.write_reply(review_id=review.pk, body="We help.", by_id=carol.pk)
    page = client.get(f"/en/p/{review.product_id}/").text
    assert page.count('data-test="reply"') == 1
    assert "We help." in page
    assert "We are sorry." not in page
    assert "changed on" in page
    assert "Carol" not in page.partition('id="reviews"')[2]


@pytest.mark.parametrize("make", [make_pending, make_praised])
def test_nothing_is_not_answered(alice, make):
    review, carol = make(alice), make_carol()
    with pytest.raises(NothingToAnswer):
        services.write_reply(review_id=review.pk, body="Thanks.", by_id=carol.pk)
    if review.is_praised:
        services.write_follow_up(review=review, body="Still fine.")
        services.write_reply(review_id=review.pk, body="Thanks.", by_id=carol.pk)


def test_held_words_hold_each_of_them(as_alice, alice, client):
    make_word("badword")
    product = make_product()
    review = make_written(alice, product)
    as_alice.post(address(review), {"body": "It is a bad-word."})
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.held_words) == ("held", "badword")
    assert 'data-test="held"' in as_alice.get(address(review)).text
    assert "bad-word" not in client.get(f"/en/p/{product.pk}/").text
    as_alice.post(address(review, "edit/"), {**CHANGED, "body": "BADWORD again."})
    review.refresh_from_db()
    product.refresh_from_db()
    assert (review.state, product.rating_count) == ("held", 0)
