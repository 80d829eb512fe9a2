"""Rows G7 and M4: default praise, when it is due, and what it never flatters."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import F

from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import OrderItem
from orders.states import ItemStatus
from orders.tests.factories import make_order, receive
from reviews import services
from reviews.models import Review
from reviews.services import Opinion
from reviews.tests.factories import BODY, make_pending, make_praised, make_written
from shop import changes, clock, due, policy

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def run_due(moment):
    return [str(deed) for deed, _error in due.run(moment, only=["praise"]) if deed]


@pytest.mark.parametrize(
    ("late", "is_praised"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)]
)
def test_the_second_before_at_and_after(alice, late, is_praised):
    review = make_pending(alice)
    due_at = review.item.received_at + timedelta(days=15)
    assert review.item.praise_at == due_at
    with clock.at(due_at + late):
        run_due(due_at + late)
    review.refresh_from_db()
    assert review.is_praised == is_praised
    if is_praised:
        assert (review.rating, review.body, review.source) == (5, "", "system")
        assert review.written_at == due_at  # not when the runner came
        assert review.follow_up_by == due_at + timedelta(days=180)
        assert review.edit_by is None
        assert review.item.review_state == "default_praise"


def test_the_rule_is_copied_at_receipt(alice):
    item = make_order(alice, status="shipped").items.get()
    policy.change("review_days", "7")
    receive(item)
    policy.change("review_days", "30")
    item.refresh_from_db()
    assert item.praise_at == item.received_at + timedelta(days=7)


def test_three_bad_reviews_and_fifty_silent_buyers_show_two_stars(client):
    """The golden numbers of row M4."""
    product = make_product(stock=100)
    for _ in range(3):
        make_written(make_user(), product, rating=2)
    buyers = [make_user() for _ in range(50)]
    for buyer in buyers:
        make_pending(buyer, product)
    late = clock.now() + timedelta(days=16)
    assert len(run_due(late)) == 50
    page = client.get(f"/en/p/{product.pk}/").text
    assert 'data-average="2.00" data-count="3" data-silent="50"' in page
    assert "from 3 written reviews, 50 silent" in page
    assert re.findall(r'data-stars="\d" data-count="(\d+)"', page) == list("00030")
    product.refresh_from_db()
    live = (product.rating_sum, product.rating_count, product.silent_count)
    Product.objects.update(
        rating_sum=0, rating_count=0, silent_count=0, rating_average=0
    )
    product.rating_summary.delete()
    call_command("rebuild", "ratings")
    product.refresh_from_db()
    assert live == (6, 3, 50)
    assert (product.rating_sum, product.rating_count, product.silent_count) == live
    assert product.rating_average == Decimal("2.00")


@pytest.mark.parametrize("path", ["/en/reviews/", "/en/reviews/{pk}/"])
def test_a_late_visit_settles_it(as_alice, alice, path):
    review = make_pending(alice)
    with clock.at(review.item.praise_at):
        page = as_alice.get(path.format(pk=review.pk)).text
    assert 'data-source="system"' in page
    assert "Default praise by the system" in page
    review.refresh_from_db()
    assert review.is_praised


def test_who_comes_too_late_writes_no_review(as_alice, alice):
    review = make_pending(alice)
    typed = {"rating": "1", "body": BODY}
    with clock.at(review.item.praise_at):
        response = as_alice.post(f"/en/reviews/{review.pk}/", typed)
    review.refresh_from_db()
    assert (response.status_code, review.state) == (302, "default_praise")
    # The text counts as what was added: without stars.
    assert (review.rating, review.follow_up.body) == (5, BODY)
    assert Product.objects.get(pk=review.product_id).rating_count == 0


def test_one_second_before_one_can(as_alice, alice):
    review = make_pending(alice)
    typed = {"rating": "1", "body": BODY}
    with clock.at(review.item.praise_at - SECOND):
        as_alice.post(f"/en/reviews/{review.pk}/", typed)
    review.refresh_from_db()
    assert (review.state, review.rating) == ("written", 1)


def test_other_deeds_on_the_order_settle_it_first(alice):
    review = make_pending(alice)
    with clock.at(review.item.praise_at + timedelta(days=3)):
        due.settle("orders", [review.item.order_id])
    review.refresh_from_db()
    assert review.written_at == review.item.praise_at


def test_again_it_does_nothing(alice):
    review = make_praised(alice)
    with clock.at(review.item.praise_at + SECOND):
        assert services.praise(review.pk) is False
        assert run_due(clock.now()) == []


def test_the_runner_lists_what_it_would_do(alice, capsys):
    review = make_pending(alice)
    at = review.item.praise_at
    call_command("run_due", "--dry-run", "--only", "praise", "--at", at.isoformat())
    line = f"praise {review.item.order.number} {review.pk}\n"
    assert capsys.readouterr().out == line
    review.refresh_from_db()
    assert review.is_pending


def test_a_dead_runner_praises_in_the_order_of_the_moments(alice):
    first = make_pending(alice)
    with clock.at(clock.now() + timedelta(hours=1)):
        second = make_pending(alice)
    deeds = run_due(clock.now() + timedelta(days=40))
    numbers = [each.split()[1] for each in deeds]
    assert numbers == [first.item.order.number, second.item.order.number]
    assert list(Review.objects.order_by("written_at").values_list("pk", flat=True)) == [
        first.pk,
        second.pk,
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_runners_visitors_and_writers_at_once_close_it_once():
    review = make_pending()
    at = review.item.praise_at

    def run():
        with clock.at(at):
            return services.praise(review.pk)

    def write():
        with clock.at(at - SECOND):
            opinion = Opinion(rating=2, body=BODY)
            return services.write_review(review=review, opinion=opinion)

    results = at_once(run, write, run, run)
    review.refresh_from_db()
    product = Product.objects.get()
    if review.is_praised:
        assert results.count(True) == 1
        assert (product.rating_count, product.silent_count) == (0, 1)
    else:
        assert results.count(True) == 0
        assert (product.rating_count, product.silent_count) == (1, 0)
    assert review.item.review_state == review.state


def test_what_was_refunded_is_withdrawn_and_never_praised(as_alice, alice):
    review = make_pending(alice)
    OrderItem.objects.filter(pk=review.pk).update(
        status=ItemStatus.REFUNDED,
        refunded_quantity=F("quantity"),
        refunded_amount=F("amount"),
    )
    changes.changed("refunded_items", [review.pk])
    review.refresh_from_db()
    assert (review.state, review.item.review_state) == ("withdrawn", "withdrawn")
    assert run_due(review.item.praise_at + timedelta(days=1)) == []
    page = as_alice.get(f"/en/reviews/{review.pk}/").text
    assert "went back to you" in page
    assert 'name="rating"' not in page
    typed = {"rating": "1", "body": BODY}
    response = as_alice.post(
        f"/en/reviews/{review.pk}/", typed, headers={"Accept": "application/json"}
    )
    assert (response.status_code, response.json()["error"]) == (409, "review_withdrawn")
    assert f'data-item-id="{review.pk}"' in as_alice.get("/en/reviews/").text


def test_what_was_written_stays_after_a_refund(alice):
    review = make_written(alice, rating=1)
    changes.changed("refunded_items", [review.pk])
    review.refresh_from_db()
    assert review.state == "written"
