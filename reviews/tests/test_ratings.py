"""Rows G10 and M4: what stands on the product is what the reviews say."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from catalog.models import Posting, Product
from catalog.tests.factories import make_product
from reviews import ratings
from reviews.tests.factories import make_pending, make_written

pytestmark = pytest.mark.django_db


def columns(product):
    product.refresh_from_db()
    return (
        product.rating_sum,
        product.rating_count,
        product.silent_count,
        product.rating_average,
    )


def test_three_bad_reviews_show_two_stars(alice):
    product = make_product()
    for _ in range(3):
        make_written(alice, product, rating=2)
    make_pending(alice, product)
    make_written(alice, rating=5)
    assert columns(product) == (6, 3, 0, Decimal("2.00"))


def test_the_average_is_rounded_half_up(alice):
    product = make_product()
    for rating in (5, 5, 4, 5, 4, 5, 4, 5):
        make_written(alice, product, rating=rating)
    assert columns(product)[3] == Decimal("4.63")  # 4.625


def test_rebuilt_equals_live(alice, monkeypatch):
    monkeypatch.setattr(ratings, "CHUNK", 2)
    products = [make_product() for _ in range(5)]
    for number, product in enumerate(products):
        for rating in range(1, number + 1):
            make_written(alice, product, rating=rating)
    live = [columns(product) for product in products]
    Product.objects.update(
        rating_sum=99, rating_count=33, silent_count=7, rating_average=3
    )
    call_command("rebuild", "ratings")
    assert [columns(product) for product in products] == live
    assert live[0] == (0, 0, 0, Decimal("0.00"))


def test_what_is_right_is_not_written_again(alice, django_assert_num_queries):
    review = make_written(alice)
    with django_assert_num_queries(3):
        assert ratings.recount([review.product_id]) == 0


def test_the_average_alone_may_be_wrong(alice):
    product = make_written(alice, rating=4).product
    Product.objects.update(rating_average=Decimal("1.00"))
    ratings.rebuild_ratings()
    assert columns(product) == (4, 1, 0, Decimal("4.00"))


def test_rebuild_search_and_sales():
    product = make_product()
    Posting.objects.all().delete()
    call_command("rebuild", "search", "sales")
    assert Posting.objects.filter(item=product).exists()


def test_rebuild_says_what_it_cannot():
    with pytest.raises(CommandError, match="ratings"):
        call_command("rebuild", "everything")
