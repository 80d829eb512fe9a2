"""An unpaid order's units are free from its deadline on, though no command ran (E2)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.tests.factories import make_address
from cart.models import Cart, CartLine
from catalog import versions
from catalog.models import StockEntry, Variant
from catalog.tests.factories import make_product
from orders.models import Order
from orders.services import closing, payment
from orders.tests.factories import (
    begin_payment,
    cancel,
    make_order,
    pay,
    pay_from_balance,
)
from orders.tests.pages import JSON, field
from shop import clock, due, policy

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
SOLD_OUT = 'data-stock="0"'


@pytest.fixture(autouse=True)
def nothing_is_known():
    versions.forget()


@pytest.fixture
def kept(settings):
    settings.KEEP_PAGES = True


def moved(variant):
    """What the ledger says of orders: kind and change, in their order."""
    rows = StockEntry.objects.filter(variant=variant, kind__in=["order", "cancelled"])
    return list(rows.order_by("pk").values_list("kind", "change"))


@pytest.mark.parametrize("keeps_pages", [False, True])
@pytest.mark.parametrize(
    "address", ["/", "/c/phones/", "/c/phones/?in_stock=1", "/search/?q=lonely"]
)
def test_lists_show_it_in_stock_from_that_second_on(settings, address, keeps_pages):
    settings.KEEP_PAGES = keeps_pages
    product = make_product(category=2, stock=1, name_en="lonely", name_zh="lonely")
    order = make_order(lines=product)
    card = f'data-product-id="{product.pk}"'

    def is_offered(moment):
        with clock.at(moment):
            page = Client().get(address, follow=True).text
        start = page.find(card)
        return start >= 0 and SOLD_OUT not in page[start : start + 300]

    assert not is_offered(order.pay_by - SECOND)
    assert is_offered(order.pay_by)
    order.refresh_from_db()
    assert (order.status, order.closed_at) == ("closed", order.pay_by)
    call_command("audit")


def test_cart_and_checkout_sell_it_again_from_that_second_on(as_alice, alice):
    variant = make_product(stock=1).variants.get()
    make_address(alice, default_of=alice)
    line = {"variant": variant, "quantity": 1, "price_when_added": variant.price}
    CartLine.objects.create(cart=Cart.objects.create(user=alice), **line)
    theirs = make_order(lines=variant)
    with clock.at(theirs.pay_by - SECOND):
        assert as_alice.get("/checkout/").status_code == 302
    with clock.at(theirs.pay_by):
        assert as_alice.get("/cart/").status_code == 200
        page = as_alice.get("/checkout/")
        fields = {n: field(page, n) for n in ("address", "token", "total_shown")}
        assert as_alice.post("/checkout/", fields, headers=JSON).json()["ok"]
    theirs.refresh_from_db()
    assert theirs.status == "closed"
    assert alice.orders.get().status == "pending_payment"
    call_command("audit")


def test_a_kept_list_ends_when_the_next_order_lets_go(kept):
    """Of two orders of one variant the second is known once the first is settled."""
    product = make_product(category=2, stock=2)
    first = make_order(lines=product)
    with clock.at(first.placed_at + timedelta(minutes=10)):
        second = make_order(lines=product)
    pay(first)
    # Nothing is closed at the first deadline, the hold alone moves on.
    for moment, stock in (
        (first.pay_by, 0),
        (second.pay_by - SECOND, 0),
        (second.pay_by, 1),
    ):
        with clock.at(moment):
            for _twice in range(2):
                page = Client().get("/c/phones/").text
                assert f'data-stock="{stock}"' in page, moment


def test_a_list_asks_for_holds_once_while_nothing_changes(kept, connection_queries):
    make_order(lines=make_product(category=2, stock=1))
    Client().get("/c/phones/?page=1")
    asked = connection_queries(lambda: Client().get("/c/phones/?min_price=1"))
    again = connection_queries(lambda: Client().get("/c/phones/?min_price=2"))
    assert asked == again


def test_a_shorter_rule_frees_the_later_order_first():
    variant = make_product(stock=2).variants.get()
    make_order(lines=variant)
    policy.change("unpaid_minutes", "1")
    second = make_order(lines=variant)
    variant.refresh_from_db()
    assert variant.held_until == second.pay_by
    with clock.at(second.pay_by):
        due.settle("variants", [variant.pk])
    variant.refresh_from_db()
    second.refresh_from_db()
    assert (variant.stock, second.status) == (1, "closed")
    call_command("audit")


def test_settling_asks_one_thing_when_nothing_is_overdue(connection_queries):
    variant = make_product(stock=2).variants.get()
    make_order(lines=variant)
    assert connection_queries(lambda: closing.settle_variants([variant.pk])) == 1


def test_a_look_at_an_order_waits_for_no_writer(connection_queries):
    """On SQLite a transaction stands in line with all who write."""
    order = make_order()
    assert connection_queries(lambda: closing.close_overdue(order.pk)) == 1


def test_audit_names_a_hold_that_would_be_forgotten(capsys):
    variant = make_product(stock=2).variants.get()
    order = make_order(lines=variant)
    call_command("audit")
    for wrong in (None, order.pay_by + SECOND):
        Variant.objects.update(held_until=wrong)
        with pytest.raises(Exception, match="1 bad row"):
            call_command("audit")
        assert f"held_until catalog.Variant {variant.pk}" in capsys.readouterr().out


def test_units_come_back_exactly_once_however_an_order_ends():
    """Cancelled, timed out, and paid too late; each end tried again and again."""
    for end in (_cancelled, _timed_out, _paid_too_late):
        variant = make_product(stock=5).variants.get()
        order = make_order(lines=variant, quantity=2)
        end(order)
        with clock.at(order.pay_by + timedelta(days=1)):
            closing.close_overdue(order.pk)
            due.settle("variants", [variant.pk])
            call_command("run_due", at=clock.now().isoformat())
        variant.refresh_from_db()
        assert variant.stock == 5, end
        assert moved(variant) == [("order", -2), ("cancelled", 2)], end
        assert Order.objects.get(pk=order.pk).status == "closed"
    call_command("audit")


def test_units_of_a_paid_order_stay_sold():
    variant = make_product(stock=5).variants.get()
    order = make_order(lines=variant)
    pay_from_balance(order)
    with clock.at(order.pay_by):
        due.settle("variants", [variant.pk])
    variant.refresh_from_db()
    assert (variant.stock, variant.held_until) == (4, None)
    assert moved(variant) == [("order", -1)]


def _cancelled(order):
    cancel(order)


def _timed_out(order):
    with clock.at(order.pay_by):
        assert closing.close_overdue(order.pk)


def _paid_too_late(order):
    tried = begin_payment(order)
    with clock.at(order.pay_by):
        payment.take_success(payment=tried, reference="late")
    assert tried.whole_refund.amount == order.total_amount
