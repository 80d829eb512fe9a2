import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from catalog import services
from catalog.companions import goes_well_with
from catalog.models import Category, Companion, PairCount, Product
from catalog.tests.factories import make_product
from shop import clock

pytestmark = pytest.mark.django_db


def link(product, *others):
    for position, other in enumerate(others):
        Companion.objects.create(product=product, other=other, position=position)


def bought(product, other, orders):
    for _ in range(orders):
        services.count_together(product_ids=[product.pk, other.pk])


def offered(product):
    cards = goes_well_with(product, now=clock.now())
    return [Product.objects.get(pk=card.pk) for card in cards]


def test_staffs_links_come_before_what_was_bought_together():
    product, linked, often, oftener, twice = (make_product() for _ in range(5))
    bought(product, often, 3)
    bought(product, oftener, 5)
    bought(product, twice, 2)
    link(product, linked)
    assert offered(product) == [linked, oftener, often]


def test_what_is_linked_and_bought_comes_once_in_staffs_order():
    product, first, second = (make_product() for _ in range(3))
    link(product, first, second)
    bought(product, second, 9)
    assert offered(product) == [first, second]


def test_a_link_has_one_direction():
    product, other = make_product(), make_product()
    link(product, other)
    assert offered(other) == []


@pytest.mark.parametrize(
    "hide",
    [
        lambda p: Product.objects.filter(pk=p.pk).update(status="off_shelf"),
        lambda p: Product.objects.filter(pk=p.pk).update(status="draft"),
        lambda p: Product.objects.filter(pk=p.pk).update(
            on_shelf_at=clock.now() + timedelta(days=1)
        ),
        lambda p: Product.objects.filter(pk=p.pk).update(is_sold_out=True),
        lambda p: Category.objects.filter(pk=5).update(is_visible=False),
    ],
)
def test_nothing_hidden_or_sold_out_is_offered(hide):
    product, linked, pair = (make_product(category=n) for n in (1, 5, 5))
    link(product, linked)
    bought(product, pair, 3)
    assert offered(product) == [linked, pair]
    hide(linked)
    hide(pair)
    assert offered(product) == []


def test_eight_at_the_most_on_the_page(client):
    product = make_product()
    others = [make_product() for _ in range(10)]
    link(product, *others[:5])
    for other in others:
        bought(product, other, 3)
    html = client.get(f"/p/{product.pk}/").text
    section = html.partition('data-test="goes-well-with"')[2].partition("</section>")[0]
    shown = re.findall(r'data-product-id="(\d+)"', section)
    # Of those bought equally often the oldest first.
    assert shown == [str(other.pk) for other in others[:8]]


def test_no_section_without_companions(client):
    assert "goes-well-with" not in client.get(f"/p/{make_product().pk}/").text


@pytest.mark.parametrize("model", [Companion, PairCount])
def test_the_database_refuses_nonsense(model):
    product, other = make_product(), make_product()
    more = {"count": 1} if model is PairCount else {}
    model.objects.create(product=product, other=other, **more)
    for wrong in ({"other": other}, {"other": product}):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(product=product, **wrong, **more)


def test_a_pair_was_bought_at_least_once():
    product, other = make_product(), make_product()
    with pytest.raises(IntegrityError), transaction.atomic():
        PairCount.objects.create(product=product, other=other, count=0)


def test_a_large_order_counts_its_first_products_only():
    pairs = services.pairs_of([*range(100, 0, -1), 100])
    assert len(pairs) == 20 * 19
    assert pairs == sorted(pairs)
    assert {key for pair in pairs for key in pair} == set(range(81, 101))


def test_one_product_alone_is_no_pair(connection_queries):
    count = lambda: services.count_together(product_ids=[1, 1])  # noqa: E731
    assert connection_queries(count) == 0
