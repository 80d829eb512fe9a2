"""Many shoppers at the till at once: through the shop's own pages, as they come.

On MariaDB each is a process, as gunicorn's workers are; SQLite is for threads, and lets
one write at a time. Small counts in every run, the full ones with `script/test
--thorough`. `test_races.py` has the proof that a race is real without the guard.
"""

import random
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import Sum
from django.test import Client

from accounts.tests.factories import (
    PAYMENT_PASSWORD,
    give_money,
    make_address,
    make_user,
)
from accounts.tests.parallel import at_once, in_processes, outcome
from cart.models import Cart, CartLine
from catalog import services as catalog
from catalog.models import Product, StockEntry, Variant
from catalog.tests.factories import make_product
from orders.models import Order, OrderEvent, OrderItem, Payment, Refund
from orders.services import closing, payment
from orders.states import OrderStatus
from orders.tests.factories import begin_payment, buyer, make_order
from orders.tests.pages import JSON, field
from shop import clock, policy, retry

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: So many shoppers ask at the same time; the others wait, as behind a server.
AT_ONCE = 16


def compete(deed, number):
    """Run `deed(n)` for each n below `number`, many at once; return the answers."""
    if connection.vendor == "sqlite":
        answers = []
        for start in range(0, number, AT_ONCE):
            rivals = range(start, min(start + AT_ONCE, number))
            answers += at_once(*[lambda n=n: deed(n) for n in rivals])
        return answers
    workers = min(AT_ONCE, number)
    shares = in_processes(
        lambda worker: [deed(n) for n in range(worker, number, workers)], workers
    )
    return [answer for share in shares for answer in share]


def shopper_with(variants, quantities, dice):
    """Return somebody signed in with these in the cart, put there in random order."""
    user = make_user()
    make_address(user, default_of=user)
    cart = Cart.objects.create(user=user)
    for variant in dice.sample(variants, len(variants)):
        CartLine.objects.create(
            cart=cart,
            variant=variant,
            quantity=quantities[variant.pk],
            price_when_added=variant.price,
        )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def typed(page):
    """Return what the form of a checkout page would send as it is."""
    return {name: field(page, name) for name in ("address", "token", "total_shown")}


def order_all(client):
    """Order what is in the cart, as a browser would; return what came of it."""
    page = client.get("/checkout/")
    if page.status_code == 302:
        return "cart is sold out"
    if page.status_code != 200:
        return f"checkout answered {page.status_code}"
    asked = client.post("/checkout/", typed(page), headers=JSON)
    if asked.status_code == 200:
        return "ordered"
    if asked.status_code in (400, 409):
        return asked.json()["error"]
    return f"placing answered {asked.status_code}"


def test_fifty_units_in_carts_in_random_order_are_sold_exactly_once(many):
    """Each buyer wants one to three products: the stock ends at none, never below."""
    buyers, units = many(quick=30, thorough=200), many(quick=12, thorough=50)
    dice = random.Random(6)  # noqa: S311, the same carts in every run
    first, second = units // 3, units // 3
    stocks = [first, second, units - first - second]
    variants = [make_product(stock=n).variants.get() for n in stocks]
    clients = []
    for number in range(buyers):
        # Whoever comes last wants one thing alone, so that no unit is left over.
        wanted = dice.sample(variants, 1 + number % 3) if number < units else None
        wanted = wanted or [variants[number % 3]]
        clients.append(shopper_with(wanted, Counter(v.pk for v in wanted), dice))

    results = Counter(compete(lambda n: order_all(clients[n]), buyers))

    refused = {"out_of_stock", "total_changed", "cart is sold out", "nothing_to_order"}
    assert set(results) <= refused | {"ordered"}, results
    assert Order.objects.count() == results["ordered"]
    assert OrderItem.objects.aggregate(units=Sum("quantity"))["units"] == units
    assert set(Variant.objects.values_list("stock", flat=True)) == {0}
    assert set(Product.objects.values_list("is_sold_out", flat=True)) == {True}
    call_command("audit")


def test_the_same_token_from_eight_clients_makes_one_order(many):
    """Eight clicks on one page: all are led to the same order."""
    for _round in range(many(quick=2, thorough=25)):
        variant = make_product(stock=9).variants.get()
        client = shopper_with([variant], {variant.pk: 3}, random)
        fields = typed(client.get("/checkout/"))

        def click(_n, client=client, fields=fields):
            asked = client.post("/checkout/", fields, headers=JSON)
            return asked.status_code, asked.json().get("number")

        results = Counter(compete(click, 8))
        variant.refresh_from_db()
        [order] = Order.objects.filter(items__variant=variant)
        assert results == {(200, order.number): 8}
        assert (variant.stock, order.events.count()) == (6, 1)
        assert [e.change for e in variant.stock_entries.filter(kind="order")] == [-3]
    call_command("audit")


def test_pay_cancel_and_time_out_at_one_instant(many):
    """Balance, gateway, buyer and clock at once: one wins, whoever lost is told so."""
    alice, products = buyer(), [make_product(price="1.00", stock=2000) for _ in "ab"]
    give_money(alice, "90000.00")
    policy.change("purchase_limit", "0")
    wins = Counter()
    for _round in range(many(quick=10, thorough=1000)):
        order = make_order(alice, products)
        tried = begin_payment(order)
        results = at_once(*_rivals(order, tried))
        assert not [each for each in results if isinstance(each, Exception)], results
        order.refresh_from_db()
        wins[order.status] += 1
        _assert_one_won(order, tried)
    assert set(wins) <= {OrderStatus.PAID, OrderStatus.CLOSED}, wins
    call_command("audit")


def _rivals(order, tried):
    def by_balance():
        return outcome(
            lambda: payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        )

    def by_gateway():
        return payment.take_success(payment=tried, reference="R")

    def cancel():
        return outcome(
            lambda: closing.cancel_order(
                order_id=order.pk, actor=OrderEvent.Actor.BUYER, reason="changed"
            )
        )

    def time_out():
        with clock.at(order.pay_by):
            return closing.close_overdue(order.pk)

    rivals = [by_balance, by_gateway, cancel, time_out]
    random.shuffle(rivals)
    return rivals


def _assert_one_won(order, tried):
    moves = order.events.filter(kind__in=["paid", "closed"])
    assert moves.count() == 1
    is_paid = order.status == OrderStatus.PAID
    given_back = StockEntry.objects.filter(reason=order.number, kind="cancelled")
    assert given_back.count() == (0 if is_paid else 2)
    paid = Payment.objects.filter(order=order, status="paid")
    # The gateway's money came in any case. It is kept only if it paid the order.
    back = Refund.objects.filter(payment__order=order)
    assert paid.filter(pk=tried.pk).exists()
    assert paid.count() - back.count() == (1 if is_paid else 0)


def test_a_deadlock_is_tried_again_and_no_shopper_sees_it(monkeypatch):
    """What MariaDB and SQLite say when they refuse work through nobody's fault."""
    product = make_product(stock=5)
    refusals = [
        OperationalError(1213, "Deadlock found when trying to get lock"),
        OperationalError(1205, "Lock wait timeout exceeded"),
        OperationalError("database is locked"),
    ]
    take, waiting = catalog.take, list(refusals)

    def take_or_fail(**wanted):
        moved = take(**wanted)
        if waiting:
            raise waiting.pop()
        return moved

    monkeypatch.setattr(catalog, "take", take_or_fail)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.0001)
    variant = product.variants.get()
    client = shopper_with([variant], {variant.pk: 2}, random)
    assert order_all(client) == "ordered"
    assert not waiting
    variant.refresh_from_db()
    assert variant.stock == 3
    call_command("audit")


def test_without_the_retry_shoppers_would_see_the_deadlock(monkeypatch):
    """If this fails, the test above proves nothing."""
    variant = make_product(stock=5).variants.get()
    client = shopper_with([variant], {variant.pk: 1}, random)
    monkeypatch.setattr(retry, "TRIES", 1)

    def fail(**wanted):
        raise OperationalError(1213, "Deadlock found when trying to get lock")

    monkeypatch.setattr(catalog, "take", fail)
    assert order_all(client) == "placing answered 500"
    assert not Order.objects.exists()
    call_command("audit")
