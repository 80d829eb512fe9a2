"""The demo's reviews, on items that demo shoppers really received."""

from datetime import UTC, datetime
from random import Random

import pytest
from django.core.management import call_command

from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import Order
from orders.tests.factories import make_order
from reviews.demo import told as demo
from reviews.models import Review
from reviews.tests.factories import make_pending
from shop import clock
from shop.audit import findings
from shop.demo import Wishes
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def load():
    demo.write_reviews(Wishes(products=0, orders=0, random=Random(1)))  # noqa: S311


def bought(told, token, product):
    with clock.at(told.written_at.replace(hour=1)):
        order = make_order(None, product, status="completed")
    Order.objects.filter(pk=order.pk).update(token=token)
    return Review.objects.get(item__order=order)


def test_each_is_written_where_its_order_is():
    told = dict(demo._told())
    assert len(told) == 363
    product = make_product(on_shelf_at=LONG_AGO)
    pairs = list(told.items())[:7]
    rows = [bought(each, token, product) for token, each in pairs]
    others = make_pending(None, product)
    load()
    for (_token, each), row in zip(pairs, rows, strict=True):
        row.refresh_from_db()
        assert (row.rating, row.body) == (each.rating, each.text)
        assert (row.written_at, row.helpful_opening) == (each.written_at, each.helpful)
        assert row.item.received_at <= row.written_at
    assert [row.is_anonymous for row in rows] == [False] * 6 + [True]
    others.refresh_from_db()
    assert others.state == "pending"
    product.refresh_from_db()
    assert product.rating_count == 7
    assert product.rating_sum == sum(each.rating for _token, each in pairs)
    assert [f for f in findings() if f.check.startswith(("review", "rating"))] == []


def test_again_it_changes_nothing():
    token, told = next(demo._told())
    review = bought(told, token, make_product(on_shelf_at=LONG_AGO))
    load()
    Review.objects.filter(pk=review.pk).update(body="Changed since.", rating=1)
    load()
    review.refresh_from_db()
    assert (review.body, review.rating) == ("Changed since.", 1)


def test_the_whole_demo():
    call_command("load_demo", verbosity=0)
    assert Review.objects.written().count() == 363
    assert Product.objects.filter(rating_count__gt=0).count() == 60
    assert [f for f in findings() if f.check.startswith(("review", "rating"))] == []
    # Nobody is told: they are made up.
    assert not OutgoingMessage.objects.filter(status="waiting").exists()
    before = Review.objects.count()
    call_command("load_demo", verbosity=0)
    assert Review.objects.count() == before
