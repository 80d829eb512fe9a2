"""Buying an order again: what there is goes in, the rest is named (row F14)."""

import pytest

from cart.models import CartLine
from catalog import services
from catalog.models import Product
from catalog.tests.factories import make_product
from orders.tests.factories import make_order
from orders.tests.pages import JSON
from shop import policy

pytestmark = pytest.mark.django_db


def again(client, order, **kwargs):
    return client.post(f"/en/orders/{order.number}/again/", **kwargs)


def in_cart():
    return dict(CartLine.objects.values_list("variant_id", "quantity"))


def leave_only(product, stock):
    variant = product.variants.get()
    services.set_stock(variant=variant, stock=stock, by_id=None)


@pytest.mark.parametrize("status", ["completed", "closed", "paid"])
def test_all_of_it_goes_into_the_cart(as_alice, alice, status):
    lamp, phone = make_product(), make_product()
    order = make_order(alice, {lamp: 2, phone: 1}, status=status)
    answer = again(as_alice, order)
    assert (answer.status_code, answer["Location"]) == (302, "/en/cart/")
    assert "3 items are in your cart." in as_alice.get("/en/cart/").text
    assert in_cart() == {lamp.variants.get().pk: 2, phone.variants.get().pk: 1}
    assert set(CartLine.objects.values_list("is_selected", flat=True)) == {True}


def test_what_is_gone_is_named_and_what_is_short_too(as_alice, alice):
    there = make_product(name_en="Lamp")
    sold_out = make_product(name_en="Phone")
    hidden = make_product(name_en="Tablet")
    short = make_product(name_en="Cable")
    wanted = {there: 1, sold_out: 1, hidden: 1, short: 3}
    order = make_order(alice, wanted, status="completed")
    leave_only(sold_out, 0)
    leave_only(short, 2)
    services.move_to_shelf(product=hidden, status=Product.Status.OFF_SHELF)
    body = again(as_alice, order, headers=JSON).json()
    assert (body["ok"], body["added"]) == (True, 3)
    assert [name.split()[0] for name in body["left_out"]] == ["Phone", "Tablet"]
    assert [name.split()[0] for name in body["cut"]] == ["Cable"]
    for name in ("Phone", "Tablet", "Cable"):
        assert name in body["message"]
    assert in_cart() == {there.variants.get().pk: 1, short.variants.get().pk: 2}


def test_nothing_left_is_refused_by_name(as_alice, alice):
    product = make_product(name_en="Phone")
    order = make_order(alice, product, status="completed")
    leave_only(product, 0)
    refused = again(as_alice, order, headers=JSON)
    assert (refused.status_code, refused.json()["error"]) == (409, "nothing_available")
    assert refused.json()["left_out"][0].startswith("Phone")
    assert in_cart() == {}


def test_stock_and_limit_count_what_the_cart_has(as_alice, alice):
    product = make_product(stock=20)
    order = make_order(alice, product, 4, status="completed")
    policy.change("purchase_limit", "5")
    for expected in (4, 5, 5):
        again(as_alice, order)
        assert list(in_cart().values()) == [expected]
    said = as_alice.get("/en/cart/").text
    assert "Your cart has as many of it as you can buy." in said


def test_units_that_an_overdue_order_holds_are_there(as_alice, alice, bob):
    product = make_product(stock=2)
    order = make_order(alice, product, 1, status="closed")
    held = make_order(bob, product, 2)
    type(held).objects.filter(pk=held.pk).update(pay_by=held.placed_at)
    product.variants.update(held_until=held.placed_at)
    assert again(as_alice, order).status_code == 302
    assert list(in_cart().values()) == [1]


def test_asks_little_more_for_many_items(as_alice, alice, connection_queries):
    counts = []
    for number in (2, 8):
        order = make_order(
            alice, [make_product() for _ in range(number)], status="completed"
        )
        counts.append(connection_queries(lambda o=order: again(as_alice, o)))
        CartLine.objects.all().delete()
    assert counts[1] - counts[0] <= 2 * 6
