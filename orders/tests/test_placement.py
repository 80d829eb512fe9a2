"""Placing an order: stock, copies, amounts (rows E2-E5, E9)."""

import itertools
import re
from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import make_address, make_user
from catalog.models import Product, Variant
from catalog.services import OutOfStock
from catalog.tests.factories import make_product, make_variant
from orders.models import Order
from orders.refusals import NotOnSale, OverPurchaseLimit, TotalChanged
from orders.states import OrderStatus
from orders.tests.factories import cancel, make_order, pay
from shop import policy

pytestmark = pytest.mark.django_db

#: What a variant costs when its price went up.
DEARER = dict.fromkeys(("price", "regular_price", "list_price"), "101.00")


class TestPlacing:
    def test_takes_stock_and_writes_the_books(self):
        variant = make_product(stock=5, price="100.00").variants.get()
        order = make_order(lines=variant, quantity=2)
        assert order.status == OrderStatus.PENDING_PAYMENT
        assert order.goods_amount == Decimal("200.00")
        assert order.total_amount == order.goods_amount + order.freight_amount
        variant.refresh_from_db()
        assert variant.stock == 3
        assert variant.held_until == order.pay_by
        entry = variant.stock_entries.latest("pk")
        assert (entry.change, entry.stock_after, entry.reason) == (-2, 3, order.number)
        assert order.events.get().kind == "placed"
        call_command("audit")

    def test_copies_all_that_was_shown(self):
        product = make_product(name_zh="旧名", price="100.00")
        order = make_order(lines=product)
        Product.objects.filter(pk=product.pk).update(name_zh="新名")
        Variant.objects.filter(product=product).update(price="5.00", option1_zh="别的")
        item = order.items.get()
        assert item.name_zh == "旧名"
        assert item.unit_price == Decimal("100.00")
        assert item.options_zh.startswith("款式")

    def test_freight_is_free_from_a_sum_on(self):
        assert make_order(lines=make_product(price="98.99")).freight_amount == 10
        assert make_order(lines=make_product(price="99.00")).freight_amount == 0

    def test_freight_is_free_where_every_line_is(self):
        free, other = make_product(has_free_freight=True), make_product()
        Variant.objects.update(price="5.00")
        assert make_order(lines=free).freight_amount == 0
        assert make_order(lines=[free, other]).freight_amount == 10

    def test_a_promise_of_free_freight_that_ended_meanwhile_is_seen_first(self):
        free = make_product(price="5.00", has_free_freight=True)
        Product.objects.filter(pk=free.pk).update(has_free_freight=False)
        with pytest.raises(TotalChanged):
            make_order(lines=free, total_shown=Decimal("5.00"))

    @pytest.mark.parametrize(
        ("spoil", "refusal"),
        [
            ({"stock": 0}, OutOfStock),
            (DEARER, TotalChanged),
        ],
    )
    def test_a_change_meanwhile_writes_nothing(self, spoil, refusal, monkeypatch):
        variant = make_product(stock=5, price="100.00").variants.get()
        # As if it changed between the page and the click.
        shown = totals_shown(variant)
        Variant.objects.filter(pk=variant.pk).update(**spoil)
        with pytest.raises(refusal):
            make_order(lines=variant, total_shown=shown)
        assert not Order.objects.exists()
        assert variant.stock_entries.count() == 1

    def test_what_went_off_the_shelf_cannot_be_bought(self):
        product = make_product()
        shown = totals_shown(product.variants.get())
        Product.objects.filter(pk=product.pk).update(status="off_shelf")
        with pytest.raises(NotOnSale):
            make_order(lines=product, total_shown=shown)

    def test_the_limit_counts_unpaid_and_paid_orders_but_not_closed_ones(self):
        policy.change("purchase_limit", "3")
        alice, variant = make_user(), make_product(stock=50).variants.get()
        closed = make_order(alice, variant, quantity=3)
        cancel(closed)
        pay(make_order(alice, variant))
        make_order(alice, variant)
        with pytest.raises(OverPurchaseLimit):
            make_order(alice, variant, quantity=2)
        make_order(alice, variant)
        make_order(make_user(), variant, quantity=3)

    def test_numbers_tell_nothing(self):
        numbers = [make_order().number for _ in range(5)]
        assert len(set(numbers)) == 5
        gaps = {abs(int(a) - int(b)) for a, b in itertools.pairwise(numbers)}
        assert min(gaps) > 1000
        assert all(str(pk) != n for n in numbers for pk in (1, 2, 3, 4, 5))

    @given(
        st.lists(
            st.tuples(st.decimals("0.01", "9999.99", places=2), st.integers(1, 9)),
            min_size=1,
            max_size=4,
        )
    )
    def test_amounts_always_add_up(self, lines):
        wanted = {
            make_product(price=str(price), stock=100).variants.get(): quantity
            for price, quantity in lines
        }
        order = make_order(lines=wanted)
        items = list(order.items.all())
        assert sum(item.amount for item in items) == order.goods_amount
        assert order.goods_amount == sum(p * q for p, q in lines)
        assert order.freight_amount in (Decimal("0.00"), Decimal("10.00"))
        assert order.total_amount == order.goods_amount + order.freight_amount


def totals_shown(variant):
    goods = variant.price
    return goods if goods >= 99 else goods + 10


def test_two_variants_of_a_product_are_two_lines():
    product = make_product()
    other = make_variant(product=product)
    order = make_order(lines=[product.variants.order_by("pk").first(), other])
    assert order.items.count() == 2


def test_buy_now_of_what_is_sold_out_leads_back_to_the_product(client):
    product = make_product(stock=0)
    client.force_login(make_user())
    variant = product.variants.get()
    response = client.get(f"/checkout/?variant={variant.pk}&quantity=1", follow=True)
    assert response.redirect_chain == [(f"/p/{product.pk}/", 302)]
    assert 'data-level="warning"' in response.text


def test_what_was_typed_is_kept_when_the_total_has_changed(client):
    product = make_product(price="100.00")
    alice = make_user()
    address = make_address(alice)
    make_address(alice, default_of=alice)
    client.force_login(alice)
    path = f"/checkout/?variant={product.variants.get().pk}&quantity=1"
    sent = {"address": address.pk, "note": "ring twice", "token": "a-token-of-mine"}
    response = client.post(path, sent | {"total_shown": "1.00"}, follow=True)
    assert response.redirect_chain == [(path, 302)]
    assert 'value="ring twice"' in response.text
    radio = r'<input type="radio" name="address"[^>]*checked[^>]*>'
    (chosen,) = re.findall(radio, response.text)
    assert f'value="{address.pk}"' in chosen
    assert not Order.objects.exists()
