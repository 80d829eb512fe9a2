"""Row G5: each received item gets its own review row, in the very transaction."""

import pytest
from django.db import IntegrityError, transaction

from accounts.refusals import PaymentPasswordLocked
from accounts.tests.factories import PAYMENT_PASSWORD
from accounts.tests.parallel import at_once
from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import OrderEvent, OrderItem
from orders.refusals import AlreadyReceived
from orders.services import receipt, receiving
from orders.signals import item_received
from orders.tests.factories import (
    buyer,
    make_order,
    receive,
    set_payment_password,
    ship_all,
)
from reviews import services
from reviews.models import Review
from reviews.tests.factories import make_pending, make_written
from shop import clock

pytestmark = pytest.mark.django_db

#: What a second click is told. The lock counts tries before it looks at the digits, so
#: of many at once it lets five look; the first that is right ends it.
NOT_TWICE = (AlreadyReceived, PaymentPasswordLocked)


def test_the_twins_are_received_and_reviewed_one_by_one(alice):
    """The same product, bought twice the same day (the owner's central wish)."""
    product = make_product()
    variant = product.variants.get()
    first = make_order(alice, variant, status="shipped").items.get()
    second = make_order(alice, variant, status="shipped").items.get()
    receive(second)
    assert list(Review.objects.values_list("pk", "state")) == [(second.pk, "pending")]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.review_state) == ("shipped", "")
    assert (second.status, second.review_state) == ("received", "pending")
    services.write_review(
        review=second.review, opinion=services.Opinion(rating=4, body="Fine, I say.")
    )
    receive(first)
    rows = Review.objects.order_by("pk").values_list("pk", "state")
    assert list(rows) == [(first.pk, "pending"), (second.pk, "written")]
    product.refresh_from_db()
    assert (product.sales_count, product.rating_count) == (2, 1)


def test_the_row_names_buyer_product_and_moment(alice):
    review = make_pending(alice)
    item = review.item
    assert (review.user_id, review.product_id) == (alice.pk, item.product_id)
    assert review.created_at == item.received_at
    assert review.rating is None


def test_two_lines_of_one_order_have_a_row_each(alice):
    order = make_order(alice, [make_product(), make_product()], status="completed")
    assert Review.objects.filter(item__order=order).count() == 2


def test_one_line_of_two_units_has_one_row(alice):
    order = make_order(alice, make_product(), quantity=2, status="completed")
    assert Review.objects.filter(item__order=order).count() == 1


def test_what_is_not_received_has_no_row(alice):
    make_order(alice)
    make_order(alice, status="paid")
    make_order(alice, status="shipped")
    assert not Review.objects.exists()


def test_the_clock_opens_the_row_too(alice):
    order = make_order(alice, status="shipped")
    with clock.at(order.receive_by):
        receiving.receive_overdue(item_id=order.items.get().pk, order_id=order.pk)
    [review] = Review.objects.all()
    assert review.created_at == order.receive_by
    assert review.item.review_state == "pending"


def test_the_database_refuses_a_second_row(alice):
    """Also beside a written one, which keeps every word."""
    review = make_written(alice, body="Mine, and it stays.")
    with pytest.raises(IntegrityError), transaction.atomic():
        services.open_review(item=review.item)
    review.refresh_from_db()
    assert (review.state, review.body) == ("written", "Mine, and it stays.")
    assert Review.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_listener_that_fails_undoes_the_receipt():
    order = make_order(buyer(), status="shipped")
    item = order.items.get()

    def fail(**kwargs):
        raise ZeroDivisionError

    item_received.connect(fail, sender=OrderItem)
    try:
        with pytest.raises(ZeroDivisionError):
            receive(item)
    finally:
        item_received.disconnect(fail, sender=OrderItem)
    item.refresh_from_db()
    order.refresh_from_db()
    assert (item.status, item.received_at, item.review_state) == ("shipped", None, "")
    assert order.status == "shipped"
    assert not Review.objects.exists()
    assert Product.objects.get().sales_count == 0
    assert not OrderEvent.objects.filter(kind="received").exists()
    receive(item)
    assert Review.objects.get().pk == item.pk


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_row_that_is_there_already_undoes_the_receipt():
    item = make_order(buyer(), status="shipped").items.get()
    user_id, product_id = item.order.user_id, item.product_id
    Review.objects.create(
        item=item, user_id=user_id, product_id=product_id, created_at=clock.now()
    )
    with pytest.raises(IntegrityError):
        receive(item)
    item.refresh_from_db()
    assert item.status == "shipped"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_receipts_at_once_are_one_receipt_and_one_row():
    user = buyer()
    order = make_order(user, make_product(), quantity=3, status="paid")
    twin = make_order(user, Product.objects.get(), status="shipped").items.get()
    ship_all(order)
    set_payment_password(user)

    def click():
        item = OrderItem.objects.select_related("order").get(order=order)
        receipt.receive_by_buyer(item=item, digits=PAYMENT_PASSWORD)
        return "received"

    results = at_once(*[click] * 8)
    refused = [r for r in results if isinstance(r, NOT_TWICE)]
    assert (results.count("received"), len(refused)) == (1, 7), results
    user.refresh_from_db()
    assert (user.payment_strikes, user.payment_locked_until) == (0, None)
    assert Review.objects.count() == 1
    assert OrderEvent.objects.filter(kind="received").count() == 1
    product = Product.objects.get()
    assert (product.sales_count, product.sales_30d) == (3, 3)
    twin.refresh_from_db()
    assert twin.status == "shipped"
