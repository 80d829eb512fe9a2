from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import make_user
from cart.models import Cart, CartLine
from cart.tests.factories import make_cart, make_line, make_variant
from catalog.models import Category, Product
from shop import clock

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_a_cart_has_one_owner_and_not_two():
    alice = make_user()
    refused(lambda: Cart.objects.create())
    refused(lambda: Cart.objects.create(user=alice, token="a" * 40))
    make_cart(alice)
    refused(lambda: Cart.objects.create(user=alice))
    make_cart(token="a" * 40)
    refused(lambda: Cart.objects.create(token="a" * 40))


def test_a_variant_stands_in_one_line():
    line = make_line(make_cart())
    refused(lambda: make_line(line.cart, line.variant))
    make_line(make_cart(), line.variant)


def test_a_line_holds_at_least_one():
    line = make_line(make_cart())
    refused(lambda: make_line(line.cart, quantity=0))
    refused(lambda: CartLine.objects.filter(pk=line.pk).update(quantity=0))


def test_lines_go_with_their_cart():
    line = make_line(make_cart())
    line.cart.delete()
    assert not CartLine.objects.exists()


def test_a_line_is_buyable_while_public_and_in_stock():
    line = make_line(make_cart())
    now = clock.now()
    assert line.is_buyable_at(now)
    line.variant.stock = 0
    assert not line.is_buyable_at(now)
    for changes in (
        {"status": Product.Status.OFF_SHELF},
        {"on_shelf_at": now + timedelta(days=1)},
    ):
        assert not make_line(make_cart(), make_variant(**changes)).is_buyable_at(now)
    Category.objects.filter(pk=1).update(is_visible=False)
    assert not CartLine.objects.with_variants().get(pk=line.pk).is_buyable_at(now)


def test_a_line_knows_its_money():
    variant = make_variant(price="80.00", list_price="120.00")
    variant.prior_price = Decimal(100)
    line = make_line(make_cart(), variant, quantity=3, price_when_added=Decimal(90))
    assert (line.total, line.savings) == (240, 60)
    assert (line.price_fell_by, line.price_rose_by) == (10, 0)
    line.price_when_added = Decimal(75)
    assert (line.price_fell_by, line.price_rose_by) == (0, 5)


def test_the_newest_line_comes_first_and_ticked_ones_are_found():
    cart = make_cart()
    old = make_line(cart, added_at=clock.now() - timedelta(days=1))
    first, second = make_line(cart), make_line(cart, is_selected=False)
    assert list(cart.lines.in_order()) == [second, first, old]
    assert set(cart.lines.ticked()) == {old, first}


def test_a_line_with_its_variant_asks_nothing_more(django_assert_num_queries):
    make_line(make_cart())
    with django_assert_num_queries(1):
        line = CartLine.objects.with_variants().get()
        assert line.is_buyable_at(clock.now())
        assert (line.product.name_zh, line.picture.stem) != ("", None)
