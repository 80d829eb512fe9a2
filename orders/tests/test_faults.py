"""Kill -9 between any two statements: the books are right, and a second click mends.

Every run kills each deed at some steps and one at all of them; `script/test --thorough`
kills each at all, and looks at the books each time.
"""

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from django.core.management import CommandError, call_command

from accounts.models import WalletEntry
from accounts.tests.factories import PAYMENT_PASSWORD, make_place, make_user
from accounts.tests.parallel import outcome
from cart.models import Cart, CartLine
from catalog import services as catalog
from catalog.models import StockEntry, Variant
from catalog.tests.factories import make_product
from orders.lines import Line, totals_of
from orders.models import Order, OrderEvent
from orders.services import closing, payment, refunds
from orders.services.placement import Checkout, place_order
from orders.states import OrderStatus
from orders.tests.factories import begin_payment, buyer, make_order, pay
from orders.tests.killed import COMPLETED, killed_at
from shop import clock

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

STOCK = 5


def placement():
    """Order a cart of two lines."""
    user, cart_lines = make_user(), []
    cart = Cart.objects.create(user=user)
    for variant in _variants():
        line = CartLine(cart=cart, variant=variant, quantity=2, price_when_added=1)
        cart_lines.append(line)
    CartLine.objects.bulk_create(cart_lines)
    total = sum(totals_of([Line(line.variant, 2) for line in cart_lines]))
    wanted = Checkout(user, "a-token-of-mine", make_place(), total, "en")

    def assert_done():
        order = Order.objects.get(user=user)
        assert order.status == OrderStatus.PENDING_PAYMENT
        assert order.items.count() == 2
        assert not CartLine.objects.filter(cart=cart).exists()
        _assert_moved(order, [-2, -2])

    return lambda: place_order(wanted), assert_done


def payment_by_balance():
    """Pay from the wallet."""
    order = make_order(buyer(), _variants())

    def do():
        said = outcome(
            lambda: payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
        )
        assert said in ("done", "already_paid"), said

    def assert_done():
        _assert_paid(order)
        entries = WalletEntry.objects.filter(reason=order.number)
        assert [entry.amount for entry in entries] == [-order.total_amount]
        # A strike that was reserved and never given back costs the shopper nothing.
        assert Order.objects.get(pk=order.pk).user.payment_strikes == 0

    return do, assert_done


def notice_of_a_gateway():
    """Take a gateway's notice, which it repeats until it is answered."""
    order = make_order(lines=_variants())
    tried = begin_payment(order)
    return _noticed(tried), lambda: _assert_paid(order)


def notice_too_late():
    """Take a notice after the deadline: the order closes, and the money goes back."""
    order = make_order(lines=_variants())
    tried = begin_payment(order)
    take = _noticed(tried)

    def do():
        with clock.at(order.pay_by):
            take()
        # A refund whose sender died is sent by the clock; if that died too, once more.
        for pauses in (1, 2):
            later = order.pay_by + pauses * timedelta(minutes=max(refunds.PAUSES))
            call_command("run_due", at=later.isoformat(), only=["ask_gateways"])

    def assert_done():
        order.refresh_from_db()
        tried.refresh_from_db()
        assert (order.status, tried.status) == (OrderStatus.CLOSED, "paid")
        assert tried.whole_refund.done_at
        assert order.events.filter(kind="refunded").count() == 1
        _assert_moved(order, [-1, -1, 1, 1])

    return do, assert_done


def cancellation():
    """Cancel an order, as its buyer."""
    order = make_order(lines=_variants())

    def do():
        said = outcome(
            lambda: closing.cancel_order(
                order_id=order.pk, actor=OrderEvent.Actor.BUYER, reason="changed"
            )
        )
        assert said in ("done", "order_closed"), said

    def assert_done():
        order.refresh_from_db()
        assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "changed")
        assert order.events.filter(kind="closed").count() == 1
        _assert_moved(order, [-1, -1, 1, 1])

    return do, assert_done


def time_out():
    """Close an order by its deadline."""
    order = make_order(lines=_variants())

    def do():
        with clock.at(order.pay_by):
            closing.settle_variants([item.variant_id for item in order.items.all()])

    def assert_done():
        order.refresh_from_db()
        assert (order.status, order.closed_at) == (OrderStatus.CLOSED, order.pay_by)
        _assert_moved(order, [-1, -1, 1, 1])
        held = Variant.objects.filter(order_items__order=order)
        assert set(held.values_list("held_until", flat=True)) == {None}

    return do, assert_done


#: With how many steps one kill is from the next in every run.
DEEDS = {
    placement: 8,
    payment_by_balance: 8,
    notice_of_a_gateway: 8,
    notice_too_late: 9,
    cancellation: 1,
    time_out: 7,
}


@pytest.mark.parametrize("prepare", DEEDS, ids=lambda deed: deed.__name__)
def test_killed_at_any_step_nothing_is_lost_and_a_second_click_mends(prepare, many):
    stride = many(quick=DEEDS[prepare], thorough=1)
    looks_each_time = many(quick=False, thorough=True)
    acknowledged = pay(make_order())
    interrupted = []
    for step in count(1, stride):
        do, assert_done = prepare()
        if killed_at(step, do) == COMPLETED:
            assert_done()
            break
        interrupted.append((do, assert_done))
        if looks_each_time:
            call_command("audit")
    assert len(interrupted) >= 15 // stride, "the deed has become another one"

    call_command("audit")
    for do, assert_done in interrupted:
        do()
        assert_done()
    call_command("audit")
    acknowledged.order.refresh_from_db()
    assert acknowledged.order.status == OrderStatus.PAID


def test_a_deed_without_a_transaction_would_be_found_out():
    """If this fails, the tests above prove nothing."""
    order = make_order(lines=_variants())

    def careless():
        for item in order.items.order_by("pk"):
            catalog.give_back(
                variant_id=item.variant_id,
                quantity=item.quantity,
                order_number=order.number,
            )

    # A new connection to MariaDB begins with a statement or two of Django's own.
    for step in range(3, 7):
        assert killed_at(step, careless) != COMPLETED
        with suppress(CommandError):
            call_command("audit")
            continue
        return
    pytest.fail("nobody noticed")


def _variants():
    return [make_product(stock=STOCK).variants.get() for _ in range(2)]


def _noticed(tried):
    return lambda: payment.take_success(payment=tried, reference="R")


def _assert_paid(order):
    order.refresh_from_db()
    assert order.status == OrderStatus.PAID
    assert order.events.filter(kind="paid").count() == 1
    assert order.payments.filter(status="paid").count() == 1
    _assert_moved(order, [-1, -1])


def _assert_moved(order, changes):
    moved = StockEntry.objects.filter(reason=order.number).order_by("pk")
    assert [entry.change for entry in moved] == changes
    for variant in Variant.objects.filter(order_items__order=order):
        mine = sum(entry.change for entry in moved if entry.variant_id == variant.pk)
        assert variant.stock == STOCK + mine
