"""Rows G8, G9, H5: authors hear what becomes of their reviews, once, if they like."""

import pytest
from django.db import DatabaseError

from accounts.models import User
from accounts.services.closing import close_account
from accounts.tests.factories import make_carol, make_user
from accounts.tests.parallel import at_once
from orders.tests.pages import marked
from reviews import services
from reviews.messages import OWN_REVIEWS
from reviews.models import Reply, Review
from reviews.refusals import NothingToModerate
from reviews.services import moderation
from reviews.tests.factories import make_held, make_praised, make_written
from shop.models import MutedTopic, OutgoingMessage

pytestmark = pytest.mark.django_db


def told():
    """What was written about reviews, the oldest first."""
    kinds = ("review_", "follow_up_")
    rows = OutgoingMessage.objects.order_by("pk")
    return [each for each in rows if each.kind.startswith(kinds)]


def kinds():
    return [each.kind for each in told()]


def reply_to(review, body="Thank you!"):
    return services.write_reply(review_id=review.pk, body=body, by_id=make_user().pk)


def test_a_reply_is_told_once_and_its_change_is_not(alice):
    review = make_written(alice)
    reply = reply_to(review)
    services.write_reply(review_id=review.pk, body="Many thanks!", by_id=reply.by_id)
    [message] = told()
    assert (message.kind, message.account_id) == ("review_answered", alice.pk)
    assert review.item.name_zh in message.text
    assert f"/reviews/{review.pk}/" in message.text
    assert "/en/" not in message.text


def test_hiding_and_showing_are_told_with_the_reason_in_the_authors_language(
    as_alice, alice
):
    User.objects.filter(pk=alice.pk).update(language="en")
    review = make_written(alice)
    services.hide_review(review_id=review.pk, reason="It advertises.")
    services.show_review(review_id=review.pk)
    hidden, shown = told()
    assert (hidden.kind, shown.kind) == ("review_hidden", "review_shown")
    assert (hidden.language, shown.language) == ("en", "en")
    assert "Nobody else reads your review" in hidden.text
    assert "(It advertises.)" in hidden.text
    for message in (hidden, shown):
        assert f"/en/reviews/{review.pk}/" in message.text
        assert "/accounts/messages/off/" in message.text
    listed = marked(as_alice.get("/en/accounts/messages/"), "own-message")
    assert [each["data-kind"] for each in listed[:2]] == [shown.kind, hidden.kind]


def test_what_was_added_later_is_told_apart(alice):
    review = make_praised(alice)
    services.write_follow_up(review=review, body="Still fine.")
    services.hide_follow_up(review_id=review.pk, reason="So.")
    services.show_follow_up(review_id=review.pk)
    assert kinds() == ["follow_up_hidden", "follow_up_shown"]


def test_what_was_held_is_told_once_staff_have_read_it(alice):
    review = make_held(alice)
    assert kinds() == []
    services.show_review(review_id=review.pk)
    assert kinds() == ["review_shown"]


def test_a_deed_that_changes_nothing_tells_nothing(alice):
    review = make_written(alice)
    services.hide_review(review_id=review.pk, reason="So.")
    with pytest.raises(NothingToModerate):
        services.hide_review(review_id=review.pk, reason="So.")
    assert kinds() == ["review_hidden"]


def test_who_has_switched_it_off_or_is_closed_hears_nothing(alice, bob):
    MutedTopic.objects.create(account_id=alice.pk, topic=OWN_REVIEWS.name)
    review, other = make_written(alice), make_written(bob)
    close_account(user=bob)
    for each in (review, other):
        reply_to(each)
        services.hide_review(review_id=each.pk, reason="So.")
    assert kinds() == []


def test_the_switch_stands_among_the_others(as_alice):
    page = as_alice.get("/en/accounts/messages/settings/").text
    assert 'name="topic_own_reviews"' in page
    assert "When we reply to one, hide it with a reason" in page


def test_message_and_deed_are_there_both_or_neither(alice, monkeypatch):
    review = make_written(alice)

    def breaks(*args, **words):
        raise DatabaseError

    monkeypatch.setattr(moderation, "tell_author", breaks)
    monkeypatch.setattr("reviews.services.replies.tell_author", breaks)
    with pytest.raises(DatabaseError):
        services.hide_review(review_id=review.pk, reason="So.")
    with pytest.raises(DatabaseError):
        reply_to(review)
    assert Review.objects.get(pk=review.pk).is_written
    assert not Reply.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_of_staff_at_once_tell_once():
    review, by_id = make_written(), make_carol().pk

    def hide():
        services.hide_review(review_id=review.pk, reason="So.")

    def reply():
        services.write_reply(review_id=review.pk, body="Thank you!", by_id=by_id)

    at_once(hide, reply, hide, reply)
    assert sorted(kinds()) == ["review_answered", "review_hidden"]
