"""Row G9: a new word looks for itself in what is shown already."""

import threading
import time
from datetime import timedelta

import pytest

from accounts.tests.factories import make_carol, make_user
from accounts.tests.parallel import at_once
from catalog.tests.factories import make_product
from reviews import queues, services
from reviews.models import FollowUp, Reply, Review, SensitiveWord
from reviews.refusals import WordsInReply
from reviews.services import Opinion, follow_ups, word_search, writing
from reviews.tests.factories import (
    make_held,
    make_pending,
    make_praised,
    make_word,
    make_written,
)
from reviews.tests.test_admin import LIST, signed_in_as
from shop import clock, due

pytestmark = pytest.mark.django_db

WORDS = "/admin/reviews/sensitiveword/"


def add_word(word="badword"):
    """Put a word into the list as staff do."""
    signed_in_as("support").post(f"{WORDS}add/", {"word": word})
    return SensitiveWord.objects.get(word=word)


def run_due():
    found = list(due.run(clock.now(), only=["words"]))
    assert [error for _deed, error in found if error] == []
    return len(found)


def numbers(product):
    product.refresh_from_db()
    return product.rating_sum, product.rating_count, product.silent_count


def test_a_shown_review_goes_to_the_queue_with_the_hit_shown(alice, client):
    product = make_product()
    review = make_written(alice, product, rating=1, body="Such a Bad-Word it is.")
    other = make_written(alice, product, rating=5)
    assert numbers(product) == (6, 2, 0)
    word = add_word()
    assert run_due() == 1
    review.refresh_from_db()
    assert (review.state, review.held_words) == ("held", "badword")
    assert review.item.review_state == "held"
    assert numbers(product) == (5, 1, 0)
    assert review.body not in client.get(f"/p/{product.pk}/").text
    other.refresh_from_db()
    assert (other.state, other.held_words) == ("written", "")
    support = signed_in_as("support")
    assert 'class="field-hit">badword' in support.get(f"{LIST}?read=held").text
    assert "<mark>Bad-Word</mark>" in support.get(f"{LIST}{review.pk}/change/").text
    word.refresh_from_db()
    assert word.waits_since is None
    assert run_due() == 0


def test_a_follow_up_alone_is_held_also_after_default_praise(alice, client):
    reviews = [make_written(alice), make_praised(alice)]
    for review in reviews:
        with clock.at(review.written_at):
            services.write_follow_up(review=review, body="A badword later on.")
    add_word()
    run_due()
    for review in reviews:
        later = FollowUp.objects.get(pk=review.pk)
        assert (later.state, later.held_words) == ("held", "badword")
        fresh = Review.objects.get(pk=review.pk)
        assert fresh.state == review.state
        assert review.product.rating_summary.with_follow_up == 0
    assert set(queues.held()) == set(reviews)


def test_a_reply_is_not_shown_until_it_is_changed(as_alice, alice, client):
    review = make_written(alice)
    by_id = make_carol().pk
    services.write_reply(review_id=review.pk, body="No badword of ours.", by_id=by_id)
    public, own = f"/en/p/{review.product_id}/", f"/en/reviews/{review.pk}/"
    add_word()
    run_due()
    for page in (client.get(public), as_alice.get(own)):
        assert "badword of ours" not in page.text
        assert 'data-test="reply"' not in page.text
    support = signed_in_as("support")
    assert list(queues.held()) == [review]
    detail = support.get(f"{LIST}{review.pk}/change/").text
    assert "No <mark>badword</mark> of ours." in detail
    again = support.post(f"{LIST}{review.pk}/reply/", {"body": "Still a bad word."})
    assert "The list of sensitive words has this: badword" in again.text
    assert "Still a bad word.</textarea>" in again.text
    support.post(f"{LIST}{review.pk}/reply/", {"body": "Nothing of the kind."})
    assert "Nothing of the kind." in client.get(public).text
    assert not queues.held().exists()


def test_no_reply_is_written_with_a_word(alice):
    review = make_written(alice)
    make_word()
    with pytest.raises(WordsInReply):
        services.write_reply(review_id=review.pk, body="BADWORD.", by_id=alice.pk)
    assert not Reply.objects.exists()


def test_a_held_reply_comes_back_as_it_was_once_its_word_is_gone(alice):
    review = make_written(alice)
    services.write_reply(review_id=review.pk, body="A badword.", by_id=alice.pk)
    word = add_word()
    run_due()
    word.delete()
    assert not Reply.objects.get().is_shown
    services.write_reply(review_id=review.pk, body="A badword.", by_id=alice.pk)
    assert Reply.objects.get().is_shown


def test_a_word_removed_releases_nothing(alice):
    review = make_held(alice)
    SensitiveWord.objects.get().delete()
    run_due()
    review.refresh_from_db()
    assert review.is_held


def test_a_changed_word_searches_anew_and_one_that_means_the_same_does_not(alice):
    review = make_written(alice, body="This is otherword.")
    word = add_word()
    run_due()
    client = signed_in_as("support")
    client.post(f"{WORDS}{word.pk}/change/", {"word": "Bad Word"})
    assert run_due() == 0
    client.post(f"{WORDS}{word.pk}/change/", {"word": "otherword"})
    assert run_due() == 1
    review.refresh_from_db()
    assert (review.state, review.held_words) == ("held", "otherword")


def test_staff_search_once_more_for_words_of_long_ago(alice):
    review = make_written(alice, body="A badword.")
    word = make_word()
    assert run_due() == 0
    typed = {"action": "search_again", "_selected_action": [word.pk]}
    assert signed_in_as("readonly").post(WORDS, typed).status_code in (200, 302, 403)
    assert run_due() == 0
    signed_in_as("support").post(WORDS, typed)
    assert run_due() == 1
    review.refresh_from_db()
    assert review.is_held


def test_what_waits_already_shows_the_new_hit_too_and_what_is_hidden_stays(alice):
    held = make_held(alice, body="A badword and a worse one.")
    hidden = make_written(alice, body="The worse one.")
    services.hide_review(review_id=hidden.pk, reason="So.")
    add_word("worse")
    run_due()
    held.refresh_from_db()
    assert held.held_words == "badword, worse"
    hidden.refresh_from_db()
    assert (hidden.state, hidden.held_words) == ("hidden", "")


def test_what_staff_have_read_is_not_held_again_by_other_words(alice):
    review = make_held(alice)
    services.show_review(review_id=review.pk)
    add_word("worse")
    run_due()
    review.refresh_from_db()
    assert review.is_written


def test_it_goes_on_batch_by_batch(alice, monkeypatch):
    monkeypatch.setattr(word_search, "BATCH", 2)
    product = make_product()
    reviews = [make_written(alice, product, body=f"A badword {n}.") for n in range(5)]
    add_word()
    assert run_due() == 3
    assert [each.state for each in Review.objects.all()] == ["held"] * len(reviews)
    assert numbers(product) == (0, 0, 0)


def test_many_words_are_searched_for_in_one_go(alice, monkeypatch):
    monkeypatch.setattr(word_search, "BATCH", 2)
    review = make_written(alice, body="A badword and a worse one.")
    make_written(alice)
    make_written(alice)
    add_word("worse")
    add_word("badword")
    assert run_due() == 2
    review.refresh_from_db()
    assert set(review.held_words.split(", ")) == {"badword", "worse"}


@pytest.mark.parametrize("killed_at", ["_hold", "_move_on"])
def test_killed_half_way_nothing_is_lost(alice, monkeypatch, killed_at):
    monkeypatch.setattr(word_search, "BATCH", 2)
    reviews = [make_written(alice, body=f"A badword {n}.") for n in range(5)]
    add_word()
    whole, left = getattr(word_search, killed_at), [2]

    def dies(*args):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(word_search, killed_at, dies)
    with pytest.raises(KeyboardInterrupt):
        run_due()
    assert 0 < Review.objects.held().count() < len(reviews)
    run_due()
    assert Review.objects.held().count() == len(reviews)


def test_a_word_changed_while_it_is_searched_for_begins_anew(alice, monkeypatch):
    review = make_written(alice, body="This is otherword.")
    word = add_word()
    words = services.words_to_search(clock.now())
    with clock.at(clock.now() + timedelta(seconds=1)):
        client = signed_in_as("support")
        client.post(f"{WORDS}{word.pk}/change/", {"word": "otherword"})
        assert services.search_batch(words) is False
        assert run_due() == 1
    review.refresh_from_db()
    assert review.is_held


def test_text_changed_since_it_was_read_is_judged_as_it_is(alice, monkeypatch):
    review = make_written(alice, body="A badword.")
    add_word()
    whole = word_search._hold

    def changed_before(*args):
        opinion = Opinion(rating=5, body="Nothing of the kind.")
        services.edit_review(review=review, opinion=opinion)
        return whole(*args)

    monkeypatch.setattr(word_search, "_hold", changed_before)
    run_due()
    review.refresh_from_db()
    assert review.is_written


def test_a_batch_asks_as_much_for_many_hits_as_for_few(alice, connection_queries):
    product = make_product()
    words = [make_word()]

    def ask():
        return connection_queries(lambda: services.search_batch(words))

    SensitiveWord.objects.all().delete()
    words[0].waits_since = clock.now()
    for _ in range(2):
        make_written(alice, product, body="A badword.")
    few = ask()
    for _ in range(8):
        make_written(make_user(), product, body="A badword.")
    assert ask() == few
    assert Review.objects.held().count() == 10


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_runners_and_staff_at_once():
    product = make_product()
    reviews = [make_written(None, product, body="A badword.") for _ in range(4)]
    add_word()

    def hide():
        services.hide_review(review_id=reviews[0].pk, reason="So.")

    at_once(run_due, hide, run_due)
    run_due()
    states = list(Review.objects.order_by("pk").values_list("state", flat=True))
    assert set(states[1:]) == {"held"}
    assert states[0] == "hidden"
    assert numbers(product) == (0, 0, 0)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("deed", ["review", "follow_up"])
def test_a_text_judged_by_the_list_of_before_is_waited_for(monkeypatch, deed):
    """A word is added after a text was judged, and searched for before it is there."""
    review = make_pending() if deed == "review" else make_written()
    module = writing if deed == "review" else follow_ups
    is_judged, judge = threading.Event(), module.hits_in

    def slowly(text):
        found = judge(text)
        is_judged.set()
        time.sleep(0.5)
        return found

    monkeypatch.setattr(module, "hits_in", slowly)

    def write():
        if deed == "review":
            opinion = Opinion(rating=5, body="A badword.")
            services.write_review(review=review, opinion=opinion)
        else:
            services.write_follow_up(review=review, body="A badword.")

    def add_and_search():
        is_judged.wait(10)
        word = make_word()
        word.search_anew(clock.now())
        word.save()
        run_due()

    at_once(write, add_and_search)
    assert list(queues.held()) == [review]
