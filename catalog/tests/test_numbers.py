"""The numbers beside filters, against counting by hand (row B8)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from catalog import listing, numbers, search, wishes
from catalog.models import Category, Product
from catalog.tests.factories import make_brand, make_product, make_spec, make_variant
from shop import clock

pytestmark = pytest.mark.django_db


def ask(query="", category=None):
    wish = wishes.read(QueryDict(query), category=category.slug if category else "")
    return listing.Question(
        wish,
        now=clock.now(),
        visible=list(Category.objects.visible()),
        category=category,
    )


def count(query="", category=None):
    return numbers.count(ask(query, category))


def beside(counted, key):
    return {each.value: each.products for each in counted.of(key)}


@pytest.fixture
def shelf():
    """Phones and a tablet of two brands: (brand, memory, price, stock)."""
    red, blue = make_brand(slug="red"), make_brand(slug="blue")
    for brand, memory, price, stock, category in [
        (red, 8, "100.00", 5, 2),
        (red, 16, "200.00", 0, 2),
        (blue, 8, "300.00", 5, 2),
        (blue, 8, "400.00", 5, 3),
    ]:
        product = make_product(brand=brand, price=price, stock=stock, category=category)
        make_spec(product=product, key="ram_gb", number=Decimal(memory))
    return {"red": red.slug, "blue": blue.slug}


def test_numbers_follow_the_other_filters_and_not_their_own(shelf):
    counted = count("brand=red")
    assert beside(counted, "brand") == {shelf["red"]: 2, shelf["blue"]: 2}
    assert beside(counted, "ram_gb") == {"8": 1, "16": 1}
    assert (counted.lowest, counted.highest) == (Decimal(100), Decimal(200))
    assert counted.in_stock == 1

    both = count("brand=red&spec=ram_gb:8")
    assert beside(both, "brand") == {shelf["red"]: 1, shelf["blue"]: 2}
    assert beside(both, "ram_gb") == {"8": 1, "16": 1}

    dear = count("min_price=250")
    assert beside(dear, "brand") == {shelf["blue"]: 2}
    assert (dear.lowest, dear.highest) == (Decimal(100), Decimal(400))


def test_hits_by_category_are_of_the_hits_alone(shelf):
    counted = count("category=tablets")
    assert counted.by_category == {2: 3, 3: 1}
    assert counted.hits_by_category == {3: 1}
    assert count("spec=ram_gb:8").hits_by_category == {2: 2, 3: 1}


def test_what_is_chosen_stays_though_nothing_has_it(shelf):
    counted = count("brand=red&min_price=250")
    assert beside(counted, "brand") == {shelf["red"]: 0, shelf["blue"]: 2}


def test_a_product_counts_once_for_each_value_of_its_variants():
    product = make_product()
    make_spec(product=product, key="ram_gb", number=Decimal(8))
    definition = product.specs.get().definition
    for memory in (8, 16):
        variant = make_variant(product=product)
        variant.specs.create(definition=definition, number=Decimal(memory))
    search.index([product.pk])
    assert beside(count(), "ram_gb") == {"8": 1, "16": 1}


def test_the_hidden_and_the_future_do_not_count(shelf):
    Product.objects.filter(price=300).update(status=Product.Status.DRAFT)
    later = clock.now() + timedelta(seconds=5)
    Product.objects.filter(price=400).update(on_shelf_at=later)
    assert beside(count(), "brand") == {shelf["red"]: 2}
    with clock.at(later):
        assert beside(count(), "brand") == {shelf["red"]: 2, shelf["blue"]: 1}


def test_more_than_can_be_opened_is_counted_to_the_last_one(shelf, monkeypatch):
    monkeypatch.setattr("catalog.numbers.COUNTED", 2)
    monkeypatch.setattr("catalog.search.engine.COUNTED", 2)
    counted = count("in_stock=1")
    assert beside(counted, "brand") == {shelf["red"]: 1, shelf["blue"]: 2}
    assert counted.lowest is None


def test_of_very_many_a_part_is_counted_and_says_so(shelf, monkeypatch):
    monkeypatch.setattr("catalog.numbers.MOST_COUNTED", 2)
    monkeypatch.setattr("catalog.numbers.STRETCH", 1)
    shown = [each.shown_count for each in count().of("brand")]
    assert shown == ["1+", "1+"]
    assert count().in_stock == 3
    assert [each.shown_count for each in count("brand=red").of("ram_gb")] == ["1", "1"]


PRODUCT = st.tuples(
    st.integers(0, 2), st.sampled_from([8, 16, 32]), st.integers(1, 4), st.booleans()
)


@given(
    shelf=st.lists(PRODUCT, max_size=8),
    brands=st.sets(st.integers(0, 2)),
    memories=st.sets(st.sampled_from([8, 16, 32])),
    lowest=st.none() | st.integers(1, 4),
    in_stock=st.booleans(),
)
def test_numbers_are_what_counting_by_hand_gives(
    shelf, brands, memories, lowest, in_stock
):
    with transaction.atomic():
        compare(shelf, brands, memories, lowest, in_stock)
        transaction.set_rollback(True)


def compare(shelf, brands, memories, lowest, in_stock):
    made = [make_brand(slug=f"b{number}") for number in range(3)]
    for brand, memory, price, is_there in shelf:
        product = make_product(
            brand=made[brand], price=f"{price}.00", stock=3 if is_there else 0
        )
        make_spec(product=product, key="ram_gb", number=Decimal(memory))
    filters = {
        "brand": lambda p: not brands or p[0] in brands,
        "ram_gb": lambda p: not memories or p[1] in memories,
        "price": lambda p: lowest is None or p[2] >= lowest,
        "in_stock": lambda p: not in_stock or p[3],
    }
    query = QueryDict(mutable=True)
    query.setlist("brand", [f"b{each}" for each in brands])
    query.setlist("spec", [f"ram_gb:{each}" for each in memories])
    if lowest is not None:
        query["min_price"] = str(lowest)
    if in_stock:
        query["in_stock"] = "1"

    def by_hand(key, value):
        others = [fits for name, fits in filters.items() if name != key]
        place = {"brand": 0, "ram_gb": 1}[key]
        return sum(p[place] == value and all(fits(p) for fits in others) for p in shelf)

    question = ask(query.urlencode())
    counted = numbers.count(question)
    assert question.hits().total == sum(
        all(fits(p) for fits in filters.values()) for p in shelf
    )
    said = beside(counted, "brand")
    for number, brand in enumerate(made):
        assert said.get(brand.slug, 0) == by_hand("brand", number)
    said = beside(counted, "ram_gb")
    for memory in (8, 16, 32):
        assert said.get(str(memory), 0) == by_hand("ram_gb", memory)
