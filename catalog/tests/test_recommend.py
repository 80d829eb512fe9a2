import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalog import services
from catalog.models import Category, HistoryEntry, Product, RecentPurchase
from catalog.recommend import MOST, _places, guess_you_like
from catalog.tests.factories import make_product
from shop import clock, due

pytestmark = pytest.mark.django_db


def sold(product, number):
    Product.objects.filter(pk=product.pk).update(sales_count=number)
    return product


def guess(matching, shown=(), **changes):
    hits = Counter(matching.values_list("category", flat=True))
    keys = [product.pk for product in shown]
    visible = [category.pk for category in Category.objects.visible()]
    found = guess_you_like(hits, keys, visible=visible, now=clock.now(), **changes)
    by_key = Product.objects.in_bulk(found)
    return [by_key[pk] for pk in found]


def bought(user, *products, ago=timedelta(0)):
    services.note_purchase(
        user_id=user.pk,
        product_ids=[product.pk for product in products],
        at=clock.now() - ago,
    )


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


@pytest.mark.parametrize("nothing_found", [False, True])
def test_what_this_account_bought_this_week_is_left_out(alice, bob, nothing_found):
    best, second = (sold(make_product(category=2), n) for n in (9, 8))
    found = Product.objects.none() if nothing_found else Product.objects.all()
    bought(alice, best)
    for_alice, for_bob, for_visitor = (
        [p.pk for p in guess(found, buyer_id=buyer)]
        for buyer in (alice.pk, bob.pk, None)
    )
    assert for_alice == [second.pk]
    assert for_bob == for_visitor == [best.pk, second.pk]


def test_a_week_later_it_is_recommended_again(alice):
    product = make_product()
    bought(alice, product, ago=timedelta(days=6, hours=23))
    assert guess(Product.objects.all(), buyer_id=alice.pk) == []
    with clock.at(clock.now() + timedelta(hours=1)):
        assert guess(Product.objects.all(), buyer_id=alice.pk) == [product]


def test_buying_again_begins_the_week_anew(alice):
    product = make_product()
    bought(alice, product, ago=timedelta(days=8))
    bought(alice, product)
    assert RecentPurchase.objects.count() == 1
    assert guess(Product.objects.all(), buyer_id=alice.pk) == []


def test_forgetting_what_one_looked_at_forgets_no_purchase(as_alice, alice):
    product = make_product()
    as_alice.get(f"/p/{product.pk}/")
    bought(alice, product)
    as_alice.post("/history/clear/")
    assert not HistoryEntry.objects.exists()
    assert guess(Product.objects.all(), buyer_id=alice.pk) == []


def test_the_page_knows_who_looks_at_it(as_alice, alice):
    for number in range(30):
        make_product(name_en=f"Phone {number}", category=2)

    def guessed():
        html = as_alice.get("/search/?q=phone").text
        block = html.partition('data-test="guess-you-like"')[2]
        return re.findall(r'data-product-id="(\d+)"', block)

    first, *others = guessed()
    bought(alice, Product.objects.get(pk=first))
    assert guessed() == others


def test_old_purchases_are_forgotten(alice):
    bought(alice, make_product(), ago=timedelta(days=8))
    bought(alice, lately := make_product(), ago=timedelta(days=6))
    done = [str(deed) for deed, _error in due.run(clock.now(), only=["refresh"])]
    assert done.count("forget_purchases - -") == 1
    assert RecentPurchase.objects.get().product == lately


def test_an_account_has_one_row_a_product_whoever_writes(alice):
    product = make_product()
    bought(alice, product)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecentPurchase.objects.create(
            user=alice, product=product, bought_at=clock.now()
        )


@pytest.mark.parametrize("categories", [1, 2, 5])
def test_it_costs_the_same_queries_however_many_categories(
    django_assert_num_queries, alice, categories
):
    for n in range(20):
        make_product(category=1 + n % categories)
    # The hits by category, the visible ones, what was bought, the best, and these.
    with django_assert_num_queries(5):
        assert len(guess(Product.objects.all(), buyer_id=alice.pk)) == MOST


def test_the_whole_result_set_counts_not_the_page():
    phones = [make_product(category=2) for _ in range(30)]
    tablets = [make_product(category=3) for _ in range(10)]
    page = tablets[:2]
    result = guess(Product.objects.all(), page)
    by_category = [product.category_id for product in result]
    assert (by_category.count(2), by_category.count(3)) == (6, 2)
    assert len(phones) == 30


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=5))
def test_places_always_add_up(hits):
    places = _places(dict(enumerate(hits)))
    assert sum(places.values()) == MOST
    assert all(number > 0 for number in places.values())
