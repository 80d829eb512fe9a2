"""Two at once about one item: one wins, the other is told so, the books are right."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command

from accounts.models import Wallet, WalletEntry
from accounts.tests.factories import PAYMENT_PASSWORD, make_user
from accounts.tests.parallel import at_once, in_processes, outcome
from catalog.models import Variant
from catalog.tests.factories import make_product
from orders.models import AfterSale, OrderItem, Refund
from orders.services import receipt
from orders.services.after_sales import answering, deciding, opening
from orders.services.after_sales.opening import Wish
from orders.states import AfterSaleKind
from orders.tests.after_sale_factories import (
    RESTOCK,
    SCRAP,
    confirm,
    correct_return,
    make_request,
)
from orders.tests.factories import buyer, make_order, pay_from_balance, ship_all
from shop import clock

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WISH = Wish(AfterSaleKind.REFUND_ONLY, 1, "Too big")


@pytest.fixture
def carol_id(db):
    return make_user(nickname="Carol", is_staff=True).pk


def ask(item):
    return outcome(lambda: opening.open_request(item=item, wish=WISH))


def test_eight_clicks_are_one_request():
    item = make_order(buyer(), make_product(), 3, status="paid").items.get()
    results = in_processes(lambda _n: ask(item), 8)
    assert Counter(results) == {"done": 1, "request_open": 7}
    assert AfterSale.objects.count() == 1
    call_command("audit")


def test_two_members_of_staff_agree_once(carol_id):
    user = buyer()
    order = make_order(user, make_product(stock=9))
    pay_from_balance(order)
    asked = make_request(order.items.get())
    before = Wallet.objects.get(user=user).balance

    def agree():
        return outcome(lambda: answering.agree(request=asked, by_id=carol_id))

    results = at_once(*[agree for _ in range(4)])
    assert Counter(results) == {"done": 1, "request_moved": 3}
    assert Refund.objects.count() == 1
    assert WalletEntry.objects.filter(kind="refund").count() == 1
    assert Wallet.objects.get(user=user).balance == before + order.total_amount
    assert Variant.objects.get().stock == 9
    call_command("audit")


def test_the_number_of_a_return_is_corrected_once():
    item = make_order(buyer(), status="completed").items.get()
    asked = make_request(item, state="returning")
    numbers = [f"SF123456789019{n}" for n in range(4)]

    def correct(number):
        return lambda: outcome(lambda: correct_return(asked, number))

    results = at_once(*map(correct, numbers))
    assert Counter(results) == {"done": 1, "cannot_correct": 3}
    asked.refresh_from_db()
    assert asked.return_number in numbers
    call_command("audit")


@pytest.mark.parametrize("fate", [RESTOCK, SCRAP])
def test_a_parcel_that_comes_back_is_put_away_once(fate):
    order = make_order(buyer(), make_product(stock=9), 2, status="shipped")
    asked = make_request(order.items.get(), state="refunded")
    results = at_once(*[lambda: outcome(lambda: confirm(asked, fate))] * 3)
    assert Counter(results) == {"done": 1, "request_moved": 2}
    assert Variant.objects.get().stock == (9 if fate == RESTOCK else 7)
    call_command("audit")


def test_withdraw_and_agree(carol_id):
    asked = make_request(make_order(buyer(), status="paid").items.get())
    results = at_once(
        lambda: outcome(lambda: opening.withdraw(request=asked)),
        lambda: outcome(lambda: answering.agree(request=asked, by_id=carol_id)),
    )
    assert Counter(results) == {"done": 1, "request_moved": 1}
    call_command("audit")


def test_the_clock_and_staff_at_the_deadline(carol_id):
    asked = make_request(make_order(buyer(), status="paid").items.get())

    def at_the_deadline(deed):
        # A thread has a clock of its own.
        with clock.at(asked.decide_by):
            return deed()

    def refuse():
        answering.refuse(request=asked, reason="No", by_id=carol_id)

    clocks = [partial(deciding.decide_overdue, asked.pk)] * 3
    deeds = [*clocks, partial(outcome, refuse)]
    results = at_once(*[partial(at_the_deadline, deed) for deed in deeds])
    # What is due is done first, whoever looks.
    assert results[-1] == "request_moved"
    assert results.count(True) <= 1
    assert Refund.objects.count() == 1
    call_command("audit")


def test_ask_and_ship():
    for _round in range(3):
        order = make_order(buyer(), status="paid")
        item = order.items.get()
        results = at_once(
            lambda item=item: ask(item),
            lambda order=order: outcome(lambda: ship_all(order)),
        )
        item.refresh_from_db()
        asked = AfterSale.objects.filter(item=item).first()
        if asked and asked.is_before_shipping:
            assert (item.shipped_quantity, results) == (0, ["done", "cannot_ship"])
        else:
            assert (item.shipped_quantity, results[1]) == (1, "done")
    call_command("audit")


def test_ask_and_receive():
    for _round in range(3):
        item = make_order(buyer(), status="shipped").items.get()
        results = at_once(
            lambda item=item: ask(item),
            lambda item=item: outcome(
                lambda: receipt.receive_by_buyer(item=item, digits=PAYMENT_PASSWORD)
            ),
        )
        item = OrderItem.objects.get(pk=item.pk)
        is_received = item.status == "received"
        words = {"after_sale_not_offered", "done"} if is_received else {"done"}
        assert results.count("done") == 1, results
        assert set(results) <= words | {"request_open"}
        assert is_received is not AfterSale.objects.filter(open_item=item).exists()
    call_command("audit")


def test_the_last_two_items_of_an_order_are_refunded_at_once(carol_id):
    order = make_order(buyer(), [make_product(), make_product()], status="paid")
    asked = [make_request(item) for item in order.items.order_by("pk")]
    results = at_once(
        *[
            lambda each=each: outcome(
                lambda: answering.agree(request=each, by_id=carol_id)
            )
            for each in asked
        ]
    )
    assert results == ["done", "done"]
    order.refresh_from_db()
    assert order.status == "closed"
    amounts = AfterSale.objects.values_list("amount", flat=True)
    # The freight went with the last of them, whichever that was.
    assert sum(amounts) == order.total_amount
    call_command("audit")


def test_returns_of_one_product_never_deadlock(carol_id, many):
    number = many(quick=4, thorough=20)
    product = make_product(stock=1000)
    asked = [
        make_request(
            make_order(buyer(), product, status="completed").items.get(),
            state="returning",
        )
        for _n in range(number)
    ]
    from_now = clock.now() + timedelta(days=11)
    with clock.at(from_now):
        results = in_processes(
            lambda n: outcome(lambda: deciding.decide_overdue(asked[n].pk)), number
        )
    assert Counter(results) == {"done": number}
    product.refresh_from_db()
    assert product.sales_count == 0
    call_command("audit")
