"""Row G9: what the word list holds, what staff hide and show again."""

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.parallel import at_once
from catalog.tests.factories import make_product
from reviews import services
from reviews.models import FollowUp, Review
from reviews.refusals import JustModerated, NothingToModerate
from reviews.services import Opinion
from reviews.tests.factories import (
    make_held,
    make_pending,
    make_praised,
    make_word,
    make_written,
)
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db


def numbers(product):
    product.refresh_from_db()
    return product.rating_sum, product.rating_count


def test_a_held_review_waits_outside_everything(as_alice, alice, client):
    product = make_product()
    make_word("刷单")
    review = make_pending(alice, product)
    typed = {"rating": "1", "body": "商家找我刷 单的。"}
    response = as_alice.post(f"/en/reviews/{review.pk}/", typed, follow=True)
    assert "Somebody reads it before others can" in response.text
    assert 'data-test="held"' in response.text
    review.refresh_from_db()
    assert (review.state, review.held_words) == ("held", "刷单")
    assert review.item.review_state == "held"
    assert numbers(product) == (0, 0)
    assert "找我" not in client.get(f"/p/{product.pk}/").text
    services.show_review(review_id=review.pk)
    review.refresh_from_db()
    assert (review.state, review.held_words) == ("written", "")
    assert numbers(product) == (1, 1)
    assert "找我" in client.get(f"/p/{product.pk}/").text


def test_hiding_counts_anew_and_tells_the_author_why(as_alice, alice, client):
    product = make_product()
    bad = make_written(alice, product, rating=1)
    make_written(alice, product, rating=5, body="Nothing but good.")
    assert numbers(product) == (6, 2)
    services.hide_review(review_id=bad.pk, reason="It advertises.")
    assert numbers(product) == (5, 1)
    page = client.get(f"/en/p/{product.pk}/").text
    assert bad.body not in page
    assert 'data-average="5.00" data-count="1"' in page
    own = as_alice.get(f"/en/reviews/{bad.pk}/").text
    assert "Hidden: It advertises." in own
    assert bad.body in own
    assert "Hidden" in as_alice.get("/en/reviews/").text
    services.show_review(review_id=bad.pk)
    assert numbers(product) == (6, 2)
    assert "It advertises." not in as_alice.get(f"/en/reviews/{bad.pk}/").text


def test_what_was_hidden_and_changed_waits_for_another_look(alice):
    review = make_written(alice, rating=1)
    services.hide_review(review_id=review.pk, reason="It advertises.")
    review.refresh_from_db()
    services.edit_review(review=review, opinion=Opinion(rating=1, body="Better now."))
    review.refresh_from_db()
    assert (review.state, review.hidden_reason) == ("held", "")


def test_staff_hide_while_the_author_changes(alice):
    """The words were judged before it was hidden: the change must not undo that."""
    review = make_written(alice)
    services.hide_review(review_id=review.pk, reason="It advertises.")
    with pytest.raises(JustModerated):
        services.edit_review(review=review, opinion=Opinion(rating=5, body="Again so."))
    review.refresh_from_db()
    assert review.state == "hidden"


def test_a_follow_up_alone_is_hidden(as_alice, alice, client):
    review = make_written(alice)
    services.write_follow_up(review=review, body="Call me at home.")
    services.hide_follow_up(review_id=review.pk, reason="A phone number.")
    page = client.get(f"/en/p/{review.product_id}/").text
    assert review.body in page
    assert "Call me" not in page
    assert review.product.rating_summary.with_follow_up == 0
    assert "Hidden: A phone number." in as_alice.get(f"/en/reviews/{review.pk}/").text
    services.show_follow_up(review_id=review.pk)
    assert "Call me" in client.get(f"/en/p/{review.product_id}/").text


@pytest.mark.parametrize("make", [make_pending, make_praised])
def test_what_nobody_wrote_is_neither_hidden_nor_shown(alice, make):
    review = make(alice)
    before = (review.state, review.item.review_state)
    for deed in (
        lambda: services.hide_review(review_id=review.pk, reason="So."),
        lambda: services.show_review(review_id=review.pk),
        lambda: services.hide_follow_up(review_id=review.pk, reason="So."),
        lambda: services.show_follow_up(review_id=review.pk),
    ):
        with pytest.raises(NothingToModerate):
            deed()
    fresh = Review.objects.select_related("item").get(pk=review.pk)
    assert (fresh.state, fresh.item.review_state) == before


def test_the_journal_says_who_hid_what_and_why(alice):
    review = make_written(alice)
    services.hide_review(review_id=review.pk, reason="It advertises.")
    entry = JournalEntry.objects.get(kind="review_hidden")
    assert (entry.object_id, entry.note) == (str(review.pk), "It advertises.")
    services.show_review(review_id=review.pk)
    assert JournalEntry.objects.filter(kind="review_shown").count() == 1


def test_the_database_wants_a_reason(alice):
    review = make_written(alice)
    for wrong in ({"state": "hidden"}, {"hidden_reason": "So."}):
        with pytest.raises(IntegrityError, match="reason"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**wrong)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_of_staff_at_once():
    review = make_held()

    def hide():
        services.hide_review(review_id=review.pk, reason="So.")

    def show():
        services.show_review(review_id=review.pk)

    at_once(hide, show, hide, show)
    review.refresh_from_db()
    count = 1 if review.state == "written" else 0
    assert numbers(review.product)[1] == count
    assert review.item.review_state == review.state
    assert not FollowUp.objects.exists()
