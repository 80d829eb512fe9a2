"""Row G10: one helpful vote an account, counted from the rows."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once, in_processes
from reviews import services
from reviews.models import HelpfulVote, Review
from reviews.tests.factories import make_held, make_pending, make_praised, make_written
from shop import clock, policy

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def review(alice):
    return make_written(alice)


def address(review):
    return f"/en/reviews/helpful/{review.public_id}/"


def button(page):
    shown = page.partition('data-test="helpful"')[2]
    found = re.search(r'name="on" value="(\d)" aria-pressed="(\w+)"', shown)
    return found and found.groups()


def test_a_vote_and_back_without_javascript(as_bob, review):
    product = f"/en/p/{review.product_id}/"
    assert button(as_bob.get(product).text) == ("1", "false")
    response = as_bob.post(address(review), {"on": "1"}, headers={"Referer": product})
    assert response.status_code == 302
    assert response.url == f"{product}#review-{review.public_id}"
    page = as_bob.get(product).text
    assert 'data-level="success"' in page
    assert 'data-test="helpful" data-count="1"' in page
    assert button(page) == ("0", "true")
    as_bob.post(address(review), {"on": "0"})
    page = as_bob.get(product).text
    assert 'data-test="helpful" data-count="0"' in page
    assert button(page) == ("1", "false")


def test_json(as_bob, review):
    for wish, is_helpful, count in (
        ("1", True, 1),
        ("1", True, 1),  # twice is once
        ("", False, 0),
        ("", True, 1),
        ("0", False, 0),
        ("0", False, 0),
    ):
        typed = {"on": wish} if wish else {}
        body = as_bob.post(address(review), typed, headers=JSON).json()
        assert (body["ok"], body["is_helpful"]) == (True, is_helpful)
        assert body["count"] == count
        review.refresh_from_db()
        assert review.helpful_count == count
    bad = as_bob.post(address(review), {"on": "7"}, headers=JSON)
    assert bad.status_code == 400


def test_ones_own_is_not_for_oneself(as_alice, review):
    response = as_alice.post(address(review), {"on": "1"}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "own_review")
    assert button(as_alice.get(f"/en/p/{review.product_id}/").text) is None
    assert not HelpfulVote.objects.exists()


def test_a_visitor_signs_in_first(client, review):
    response = client.post(address(review), {"on": "1"})
    assert response.status_code == 302
    assert "/login/" in response.url
    assert client.post(address(review), headers=JSON).status_code == 401
    assert client.get(address(review)).status_code == 405
    assert button(client.get(f"/en/p/{review.product_id}/").text) == ("1", "false")


@pytest.mark.parametrize("make", [make_pending, make_praised, make_held])
def test_what_is_not_shown_has_no_votes(as_bob, alice, make):
    review = make(alice)
    for key in (review.public_id or "0" * 16, str(review.pk)):
        path = f"/en/reviews/helpful/{key}/"
        assert as_bob.post(path, {"on": "1"}).status_code == 404
    assert not HelpfulVote.objects.exists()


def test_votes_from_before_are_added(as_bob, review):
    Review.objects.update(helpful_opening=7, helpful_count=7)
    body = as_bob.post(address(review), {"on": "1"}, headers=JSON).json()
    assert body["count"] == 8


def test_they_are_asked_for_at_once(as_bob, alice, connection_queries):
    review = make_written(alice)
    path = f"/en/p/{review.product_id}/"
    as_bob.get(path)
    few = connection_queries(lambda: as_bob.get(path))
    for _ in range(6):
        make_written(make_user(), review.product)
    assert connection_queries(lambda: as_bob.get(path)) == few


def test_the_database_takes_one_an_account(bob, review):
    services.set_vote(user_id=bob.pk, review_id=review.pk, wish=True)
    vote = HelpfulVote.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpfulVote.objects.create(review=review, user=bob, voted_at=vote.voted_at)


def test_the_token_is_needed(review, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert client.post(address(review), {"on": "1"}).status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_are_all_counted():
    review = make_written()
    voters = [make_user() for _ in range(8)]

    def vote(user):
        return lambda: services.set_vote(
            user_id=user.pk, review_id=review.pk, wish=True
        )

    results = at_once(*[vote(user) for user in voters for _twice in range(2)])
    assert [each for each in results if isinstance(each, Exception)] == []
    review.refresh_from_db()
    assert review.helpful_count == HelpfulVote.objects.count() == 8


def test_a_flood_of_votes_is_refused(alice, bob, as_bob, as_alice):
    policy.change("helpful_votes_hourly", "3")
    review, other = make_written(alice), make_written(make_user())
    address = f"/en/reviews/helpful/{review.public_id}/"

    def vote(client, on="", path=address, **options):
        return client.post(path, {"on": on}, **options)

    assert [vote(as_bob).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert HelpfulVote.objects.filter(user=bob).count() == 1
    refused = vote(as_bob, on="0", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert HelpfulVote.objects.filter(user=bob).count() == 1
    # Other accounts, and the next hour.
    path = f"/en/reviews/helpful/{other.public_id}/"
    assert vote(as_alice, path=path).status_code == 302
    with clock.at(clock.now() + timedelta(hours=1)):
        assert vote(as_bob, on="0").status_code == 302


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_votes_of_an_account_at_once_are_counted_together():
    policy.change("helpful_votes_hourly", "3")
    review, voter = make_written(), make_user()

    def vote(_number):
        client = Client()
        client.force_login(voter)
        return client.post(f"/reviews/helpful/{review.public_id}/").status_code

    found = Counter(in_processes(vote, 8))
    assert (found[302], found[429]) == (3, 5)
