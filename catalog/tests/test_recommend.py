from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product
from catalog.recommend import MOST, _places, guess_you_like
from catalog.tests.factories import make_product
from shop import clock

pytestmark = pytest.mark.django_db


def sold(product, number):
    Product.objects.filter(pk=product.pk).update(sales_count=number)
    return product


def guess(matching, shown=()):
    hits = Counter(matching.values_list("category", flat=True))
    return guess_you_like(hits, list(shown), now=clock.now())


def test_best_sellers_of_the_categories_that_were_found():
    phones = [sold(make_product(category=2), n) for n in range(20)]
    tablets = [sold(make_product(category=3), n) for n in range(20)]
    make_product(category=4)
    # Three quarters of the hits are phones: six of eight places.
    pks = [p.pk for p in [*phones[:15], *tablets[:5]]]
    result = guess(Product.objects.filter(pk__in=pks))
    assert [p.pk for p in result] == [
        *[p.pk for p in phones[:-7:-1]],
        *[p.pk for p in tablets[:-3:-1]],
    ]


def test_never_what_is_on_the_page_sold_out_or_hidden():
    best = sold(make_product(category=2), 100)
    sold(make_product(category=2, stock=0), 90)
    sold(make_product(category=2, status=Product.Status.OFF_SHELF), 80)
    other = sold(make_product(category=2), 1)
    result = guess(Product.objects.filter(pk=best.pk), [best])
    assert [p.pk for p in result] == [other.pk]


def test_nothing_found_shows_the_best_sellers_of_all():
    products = [sold(make_product(category=1 + n % 5), n) for n in range(12)]
    result = guess(Product.objects.none())
    assert [p.pk for p in result] == [p.pk for p in products[:-9:-1]]


def test_a_category_with_too_few_left_leaves_its_places_to_the_others():
    phones = [make_product(category=2) for _ in range(10)]
    tablet = make_product(category=3)
    result = guess(Product.objects.all(), [tablet])
    assert {p.category_id for p in result} == {2}
    assert len(result) == MOST
    assert len(phones) > MOST


def test_the_same_input_gives_the_same_list():
    for n in range(30):
        make_product(category=1 + n % 3)
    first = [p.pk for p in guess(Product.objects.all())]
    assert first == [p.pk for p in guess(Product.objects.all())]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=5))
def test_places_always_add_up(hits):
    places = _places(dict(enumerate(hits)))
    assert sum(places.values()) == MOST
    assert all(number > 0 for number in places.values())
