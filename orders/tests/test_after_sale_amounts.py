"""What goes back, to the cent (row F12): never more than was paid, in any order."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.tests.factories import make_product
from orders.models import (
    AfterSale,
    ClaimedCoupon,
    Invoice,
    Order,
    OrderItem,
    Refund,
)
from orders.services import invoices
from orders.services.after_sales.rules import worth_of
from orders.services.invoices import InvoiceWish
from orders.states import AfterSaleKind, ItemStatus
from orders.tests.after_sale_factories import make_request
from orders.tests.coupon_factories import give_coupon
from orders.tests.factories import make_order, pay, ship_all
from shop import audit, money

CENTS = st.integers(0, 10**8).map(lambda n: Decimal(n) * money.CENT)
LINES = st.lists(st.tuples(CENTS, st.integers(1, 40)), min_size=1, max_size=6)


def bought(lines, freight):
    """An order that was paid, with items of (amount, quantity); nothing is stored."""
    order = Order(freight_amount=freight)
    return [
        OrderItem(
            pk=pk, order=order, amount=amount, quantity=number, status=ItemStatus.PAID
        )
        for pk, (amount, number) in enumerate(lines, start=1)
    ]


def refund(item, quantity, items, *, is_sent=False):
    """Do to the rows what a granted request does; return what went back."""
    asked = AfterSale(item=item, kind=AfterSaleKind.REFUND_ONLY, quantity=quantity)
    worth = worth_of(item, asked, items)
    item.refunded_quantity += quantity
    item.refunded_amount += worth.goods
    return worth


class TestShares:
    @settings(max_examples=300, deadline=None)
    @given(st.data(), LINES, CENTS)
    def test_all_refunds_together_are_just_what_was_paid(self, data, lines, freight):
        items = bought(lines, freight)
        paid = sum((item.amount for item in items), freight)
        back = money.ZERO
        while left := [item for item in items if item.kept_quantity]:
            item = data.draw(st.sampled_from(left))
            units = data.draw(st.integers(1, item.kept_quantity))
            worth = refund(item, units, items)
            assert worth.goods >= 0
            is_last = not any(item.kept_quantity for item in items)
            assert worth.freight == (freight if is_last else 0)
            back += worth.total
            assert back <= paid
            assert item.refunded_amount <= item.amount
        assert back == paid
        assert all(item.refunded_amount == item.amount for item in items)

    @settings(max_examples=100, deadline=None)
    @given(st.data(), LINES, CENTS)
    def test_without_the_freight_once_anything_was_sent(self, data, lines, freight):
        items = bought(lines, freight)
        data.draw(st.sampled_from(items)).shipped_quantity = 1
        for item in items:
            assert refund(item, item.quantity, items).freight == 0

    def test_the_last_unit_gets_the_rest_cent(self):
        [item] = items = bought([(Decimal("100.00"), 3)], money.ZERO)
        back = [refund(item, 1, items).goods for _unit in range(3)]
        assert back == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


@pytest.mark.django_db
class TestOrders:
    def test_a_coupon_is_spread_and_goes_back_with_the_last_unit(self, alice):
        coupon = give_coupon(alice, "20.00", minimum="50.00")
        products = [make_product(price="33.33"), make_product(price="33.33")]
        order = make_order(
            alice, products, coupon=coupon.code, total_shown=Decimal("56.66")
        )
        pay(order)
        first, second = order.items.order_by("pk")
        one = make_request(first, state="refunded")
        assert one.amount == first.amount < first.unit_price
        assert ClaimedCoupon.objects.get().used_at
        two = make_request(second, state="refunded")
        assert one.amount + two.amount == order.total_amount
        assert two.freight_amount == order.freight_amount
        assert ClaimedCoupon.objects.get().used_at is None
        assert list(audit.findings()) == []

    def test_the_coupon_of_what_was_sent_is_used(self, alice):
        coupon = give_coupon(alice, "20.00", minimum="50.00")
        product = make_product(price="99.00")
        order = make_order(
            alice, product, coupon=coupon.code, total_shown=Decimal("89.00")
        )
        pay(order)
        ship_all(order)
        make_request(order.items.get(), state="refunded")
        order.refresh_from_db()
        assert order.status == "closed"
        assert ClaimedCoupon.objects.get().used_at
        assert list(audit.findings()) == []

    def test_an_open_one_counts_the_freight_once_it_is_the_last(self, alice):
        products = [make_product(price="20.00"), make_product(price="30.00")]
        order = make_order(alice, products, status="paid")
        first, second = order.items.order_by("pk")
        one, two = make_request(first), make_request(second)
        assert two.freight_amount == 0
        call_command("run_due", at=(one.decide_by).isoformat())
        call_command("run_due", at=(two.decide_by).isoformat())
        amounts = AfterSale.objects.values_list("amount", flat=True)
        assert sum(amounts) == order.total_amount
        assert list(audit.findings()) == []

    def test_an_invoice_that_is_not_issued_shrinks(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        invoices.request(order=order, wish=InvoiceWish("Alice"))
        first, second = order.items.order_by("pk")
        asked = make_request(first, state="refunded")
        standing = Invoice.objects.standing_of(order)
        assert standing.amount == order.total_amount - asked.amount
        assert standing.title == "Alice"
        make_request(second, state="refunded")
        assert Invoice.objects.standing_of(order) is None

    def test_less_than_a_cent_moves_no_money(self, alice):
        order = make_order(alice, make_product(price="0.01"), 2, status="paid")
        OrderItem.objects.filter(order=order).update(amount=Decimal("0.01"))
        make_request(order.items.get(), 1, state="refunded")
        assert not Refund.objects.exists()
