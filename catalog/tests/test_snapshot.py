"""What a process knows of all products: brought up to date, it is all that there is."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalog import search, services
from catalog.models import Posting, Product, ProductChange, ProductFacets
from catalog.search import ranks, reading
from catalog.search.snapshot import BestSellers
from catalog.tests.factories import (
    make_brand,
    make_limited_price,
    make_product,
    make_spec,
    make_variant,
)
from orders.tests.factories import buyer, make_order
from shop import clock, due

pytestmark = pytest.mark.django_db

WORDS = ("wglow", "wlamp", "wanother")


def said(snapshot):
    """All that a snapshot says, to compare it with another."""
    states, facets = snapshot.states, snapshot.facets
    words = reading.words_of(snapshot, WORDS)
    on_shelf = states.public(range(1, 9), clock.now())
    return {
        "categories": {pk: set(ids) for pk, ids in states.by_category.items() if ids},
        "to come": dict(states.to_come),
        "sold out": set(states.sold_out),
        "prices": {pk: states.prices[pk] for pk in on_shelf},
        "facets": {
            facets.values[pk]: set(ids) for pk, ids in facets.products.items() if ids
        },
        "order": list(snapshot.best_sellers.order),
        "words": {key: set(ids) for key, ids in words.items()},
    }


def follows(deed):
    """Do something; compare what is known then with what is read anew."""
    before = search.snapshot("before")
    reading.words_of(before, WORDS)
    unchanged = said(before)
    deed()
    after = search.snapshot("after")
    assert said(after) == said(reading.read())
    assert said(before) == unchanged
    return unchanged != said(after)


@pytest.fixture
def lamp():
    product = make_product(name_en="Glow lamp", brand=make_brand(slug="red"))
    make_spec(product=product, key="ram_gb", number=Decimal(8))
    make_product(name_en="Another")
    return product


def rename(product):
    Product.objects.filter(pk=product.pk).update(name_en="Lamp", category=2)
    services.product_changed(product_ids=[product.pk])


def sell_some(product):
    Product.objects.filter(pk=product.pk).update(sales_count=7)
    search.index([product.pk])


def refresh_ranks(product):
    Product.objects.filter(pk=product.pk).update(sales_count=7)
    ranks.refresh()


def cheaper(product):
    make_limited_price(product.variants.get())


def later(product):
    comes_at = clock.now() + timedelta(hours=1)
    Product.objects.filter(pk=product.pk).update(on_shelf_at=comes_at)
    services.product_changed(product_ids=[product.pk])


def buy_all(product):
    variant = product.variants.get()
    make_order(buyer(), variant, quantity=variant.stock)


DEEDS = {
    "renamed": rename,
    "a new one": lambda product: make_product(name_en="Glow"),
    "another variant": lambda product: make_variant(product=product, price="50.00"),
    "another value": lambda product: make_spec(
        product=product, key="cpu", text_zh="北辰", text_en="Northstar"
    ),
    "sold out": lambda product: services.set_stock(
        variant=product.variants.get(), stock=0, by_id=None
    ),
    "bought up": buy_all,
    "off the shelf": lambda product: services.move_to_shelf(
        product=product, status=Product.Status.OFF_SHELF
    ),
    "not yet on it": later,
    "cheaper": cheaper,
    "sold": sell_some,
    "sold, as the next day knows": refresh_ranks,
    "without words": lambda product: search.remove([product.pk]),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_every_deed_is_followed(lamp, deed):
    assert follows(lambda: deed(lamp))


def test_a_rebuild_is_followed(lamp):
    Posting.objects.all().delete()
    ProductFacets.objects.all().delete()
    search.snapshot("before")
    assert follows(search.rebuild)


def test_a_sale_alone_is_no_change(lamp):
    number = ProductChange.objects.count()
    make_order(buyer(), lamp.variants.get())
    assert ProductChange.objects.count() == number


def test_one_version_asks_for_nothing(lamp, connection_queries):
    search.snapshot("1")
    assert connection_queries(lambda: search.snapshot("1")) == 0
    assert connection_queries(lambda: search.snapshot("2")) == 1


def test_a_change_that_is_late_is_not_missed(lamp):
    """A key is given out before its COMMIT: a higher one may be seen first."""
    newest = ProductChange.objects.create(product_id=lamp.pk).pk
    ProductChange.objects.create(pk=newest + 2, product_id=lamp.pk)
    search.snapshot("before")
    Product.objects.filter(pk=lamp.pk).update(is_sold_out=True)
    ProductChange.objects.create(pk=newest + 1, product_id=lamp.pk)
    assert lamp.pk in search.snapshot("after").states.sold_out


def test_what_comes_while_all_is_read_is_found_with_the_next_version(lamp, monkeypatch):
    raw, late = reading._raw, []

    def interrupted(rows):
        found = list(raw(rows))
        if not late:
            late.append(make_product(name_en="Glow"))
        return found

    monkeypatch.setattr(reading, "_raw", interrupted)
    search.snapshot("before")
    assert glowing("before") == [lamp.pk]
    assert glowing("after") == [late[0].pk, lamp.pk]


def glowing(version):
    snapshot = search.snapshot(version)
    on_shelf = snapshot.states.public(range(1, 9), clock.now())
    plan = search.plan_for(snapshot, "glow", on_shelf)
    found = search.found(snapshot, plan, on_shelf)
    return search.by_rank(snapshot, plan, found).ids


@pytest.mark.parametrize("newest", [2000, 1])
def test_after_a_gap_or_a_restored_backup_all_is_read_anew(lamp, newest):
    ProductChange.objects.all().delete()
    ProductChange.objects.create(pk=500, product_id=lamp.pk)
    search.snapshot("before")
    Product.objects.filter(pk=lamp.pk).update(is_sold_out=True)
    ProductChange.objects.all().delete()
    ProductChange.objects.create(pk=newest, product_id=lamp.pk + 1)
    assert lamp.pk in search.snapshot("after").states.sold_out


def test_changes_that_nobody_looks_at_are_forgotten(lamp):
    ProductChange.objects.all().delete()
    for pk in (500, 1500, 2000):
        ProductChange.objects.create(pk=pk, product_id=lamp.pk)
    search.snapshot("before")
    for _deed in due.run(clock.now(), ["forget_changes"]):
        pass
    assert list(ProductChange.objects.values_list("pk", flat=True)) == [1500, 2000]
    Product.objects.filter(pk=lamp.pk).update(is_sold_out=True)
    assert lamp.pk not in search.snapshot("after").states.sold_out


def test_many_at_once_are_noted_in_one_row(lamp):
    search.note_changed(range(1, 502))
    newest = ProductChange.objects.order_by("-pk").first()
    assert newest.product_id is None


def test_more_words_than_may_be_remembered_are_forgotten(lamp, monkeypatch):
    monkeypatch.setattr(reading, "MOST_POSTINGS", 1)
    snapshot = search.snapshot("1")
    found = reading.words_of(snapshot, WORDS)
    assert sum(map(len, found.values())) == 3
    reading.words_of(snapshot, ["wnone"])
    assert set(snapshot.words) == {("wnone", place) for place in (4, 3, 2, 1)}


SOLD = st.dictionaries(st.integers(1, 40), st.integers(0, 3), max_size=15)


@given(SOLD, SOLD, st.sets(st.integers(1, 40)), st.integers(1, 50))
def test_best_sellers_are_in_order_however_they_moved(before, now, some, number):
    moved = BestSellers.of(before).moved(now)
    sold = before | now
    right = sorted(sold, key=lambda pk: (-sold[pk], -pk))
    assert list(moved.order) == right
    wanted = [pk for pk in right if pk in some]
    products = BitMap(pk for pk in some if pk in sold)
    assert moved.first(products, number) == wanted[:number]
