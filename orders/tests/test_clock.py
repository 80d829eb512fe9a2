"""Every row of the timer table, to the second; reminders, late runs.

docs/order-life-cycle.md, "Timers in one table". The life of codes stands in `accounts`,
that of visitors' carts in `cart`, follow-ups and edits in `reviews`.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.tests.factories import make_product
from orders.models import Order, OrderEvent
from orders.next_event import Deed, next_event
from orders.refusals import NothingToAskFor, RequestOpen
from orders.services import extension
from orders.services.after_sales.rules import offer_of
from orders.tests.after_sale_factories import make_request, refuse, withdraw
from orders.tests.factories import buyer, item_of, make_order, receive
from orders.tests.lives import TASKS
from reviews.models import Review
from shop import clock, due, policy
from shop.models import OutgoingMessage

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
SIDES = [(-SECOND, False), (timedelta(), True), (SECOND, True)]


def unpaid_order_closes():
    order = make_order()
    yield order.placed_at + 30 * timedelta(minutes=1)
    order.refresh_from_db()
    yield order.status == "closed"


def late_order_is_flagged():
    order = make_order(status="paid")
    yield order.paid_at + 48 * HOUR
    yield Order.objects.overdue_to_ship(clock.now()).exists()


def shipped_order_is_received():
    order = make_order(status="shipped")
    yield order.shipped_at + 10 * DAY
    order.refresh_from_db()
    yield order.status == "completed"


def buyer_is_reminded():
    order = make_order(status="shipped")
    yield order.shipped_at + 9 * DAY
    yield OutgoingMessage.objects.filter(kind="receipt_near").count() == 1


def extension_is_offered():
    order = make_order(status="shipped")
    yield order.shipped_at + 7 * DAY
    yield extension.offer_for(order).is_open(clock.now())


def refund_before_shipping_is_agreed_to():
    request = make_request(item_of("paid"))
    yield request.requested_at + 48 * HOUR
    request.refresh_from_db()
    yield request.state == "refunded"


def refund_after_shipping_is_agreed_to():
    request = make_request(item_of("shipped"))
    yield request.requested_at + 3 * DAY
    request.refresh_from_db()
    yield request.state == "refunded"


def return_is_agreed_to():
    request = make_request(item_of("completed"))
    yield request.requested_at + 3 * DAY
    request.refresh_from_db()
    yield request.state == "return_goods"


def return_expires():
    request = make_request(item_of("completed"), state="return_goods")
    yield request.answered_at + 7 * DAY
    request.refresh_from_db()
    yield request.state == "closed"


def unconfirmed_return_is_refunded():
    request = make_request(item_of("completed"), state="returning")
    yield request.returned_at + 10 * DAY
    request.refresh_from_db()
    yield request.state == "refunded"


def unconfirmed_exchange_is_flagged():
    item = item_of("completed")
    with clock.at(item.received_at + 8 * DAY):
        request = make_request(item, state="returning")
    assert request.kind == "exchange"
    yield request.returned_at + 10 * DAY
    request.refresh_from_db()
    yield request.flagged_at is not None


def return_becomes_an_exchange():
    item = item_of("completed")
    yield item.received_at + 7 * DAY
    yield offer_of(item, clock.now()).kind == "exchange"


def exchange_is_over():
    item = item_of("completed")
    yield item.received_at + 15 * DAY
    yield offer_of(item, clock.now()) is None


def nobody_reviews():
    item = item_of("completed")
    yield item.received_at + 15 * DAY
    yield Review.objects.get(item=item).state == Review.State.PRAISED


TIMERS = [
    unpaid_order_closes,
    late_order_is_flagged,
    shipped_order_is_received,
    buyer_is_reminded,
    extension_is_offered,
    refund_before_shipping_is_agreed_to,
    refund_after_shipping_is_agreed_to,
    return_is_agreed_to,
    return_expires,
    unconfirmed_return_is_refunded,
    unconfirmed_exchange_is_flagged,
    return_becomes_an_exchange,
    exchange_is_over,
    nobody_reviews,
]


@pytest.mark.django_db
@pytest.mark.parametrize(("offset", "is_done"), SIDES, ids=["before", "at", "after"])
@pytest.mark.parametrize("timer", TIMERS, ids=lambda timer: timer.__name__)
def test_the_timer_table(timer, offset, is_done):
    """One second before the moment nothing has happened; at it and after it, it has."""
    story = timer()
    moment = next(story) + offset
    call_command("run_due", at=moment.isoformat(), only=list(TASKS))
    with clock.at(moment):
        assert next(story) is is_done
    call_command("audit")


@pytest.mark.django_db
class TestReminder:
    def reminders(self):
        told = OutgoingMessage.objects.filter(kind="receipt_near")
        return list(told.order_by("pk").values_list("stored_text", flat=True))

    def run(self, moment):
        return [str(deed) for deed, _error in due.run(moment, TASKS)]

    def test_once_in_the_orders_language(self):
        chinese = make_order(status="shipped", language="zh-hans")
        english = make_order(status="shipped", language="en")
        moment = english.receive_by - DAY
        assert self.run(moment) == [
            f"remind_receipt {chinese.number} -",
            f"remind_receipt {english.number} -",
        ]
        assert self.run(moment + HOUR) == []
        [_zh, text] = self.reminders()
        assert f"Order {english.number} is received by itself on 2026-" in text
        message = OutgoingMessage.objects.filter(kind="receipt_near").last()
        assert message.expires_at == english.receive_by

    def test_never_when_it_is_frozen_or_received(self):
        frozen, received = item_of("shipped"), item_of("shipped")
        make_request(frozen)
        receive(received)
        self.run(clock.now() + 2 * DAY)
        assert self.reminders() == []

    def test_never_too_late(self):
        order = make_order(status="shipped")
        assert self.run(order.receive_by) == [
            f"receive {order.number} {order.items.get().pk}"
        ]
        assert self.reminders() == []

    def test_right_again_after_an_extension(self):
        order = make_order(status="shipped", language="en")
        first = order.receive_by
        self.run(first - DAY)
        with clock.at(first - HOUR):
            extension.extend_by_buyer(order_id=order.pk)
        assert self.run(first + 2 * DAY - SECOND) == []
        assert self.run(first + 2 * DAY) == [f"remind_receipt {order.number} -"]
        [one, other] = self.reminders()
        assert one != other

    def test_at_once_when_little_is_left_after_a_request(self):
        item = item_of("shipped")
        late = item.order.receive_by - HOUR
        with clock.at(late):
            self.run(late)
            request = make_request(item)
        with clock.at(late + 2 * DAY):
            withdraw(request)
        assert self.run(late + 2 * DAY) == [f"remind_receipt {item.order.number} -"]
        assert len(self.reminders()) == 2


@pytest.mark.django_db
class TestRequestsStopTheClock:
    def test_one_second_before_the_deadline(self):
        item = item_of("shipped")
        deadline = item.order.receive_by
        with clock.at(deadline - SECOND):
            request = make_request(item)
        item.order.refresh_from_db()
        assert item.order.receipt_left == SECOND
        call_command("run_due", at=(deadline + DAY).isoformat(), only=list(TASKS))
        item.refresh_from_db()
        assert item.status == "shipped"
        with clock.at(deadline + DAY):
            refuse(request)
        for offset, status in [(timedelta(), "shipped"), (SECOND, "received")]:
            moment = deadline + DAY + offset
            call_command("run_due", at=moment.isoformat(), only=list(TASKS))
            item.refresh_from_db()
            assert item.status == status
        assert item.received_at == deadline + DAY + SECOND

    def test_at_the_deadline_it_is_received_first(self):
        item = item_of("shipped")
        deadline = item.order.receive_by
        with clock.at(deadline), pytest.raises(NothingToAskFor):
            make_request(item)
        item.refresh_from_db()
        assert (item.status, item.received_at) == ("received", deadline)

    def test_the_buyer_cannot_receive_what_is_asked_about(self):
        item = item_of("shipped")
        make_request(item)
        with pytest.raises(RequestOpen):
            receive(item)
        other = item_of("shipped")
        receive(other)
        assert other.status == "received"

    def test_next_event_is_what_the_clock_decides_about_the_request(self):
        request = make_request(item_of("shipped"))
        order = Order.objects.with_clock().get()
        event = next_event(order, clock.now())
        assert (event.deed, event.at) == (Deed.REFUND, request.decide_by)


@pytest.mark.django_db
def test_a_batch_never_does_a_later_thing_first(monkeypatch):
    """What did not fit into one finder's batch comes before what another has later."""
    monkeypatch.setattr(due, "BATCH", 2)
    orders = [make_order() for _ in range(3)]
    shipped = make_order(status="shipped")
    moment = orders[2].pay_by + timedelta(microseconds=1)
    Order.objects.filter(pk=shipped.pk).update(
        receive_by=moment, remind_receipt_at=None
    )
    done = [str(deed).split()[0] for deed, _error in due.run(moment, TASKS)]
    assert done == [*["close_unpaid"] * 3, "receive"]


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["more time", "a request", "the click"])
def test_a_runner_that_comes_too_late_with_what_it_found_does_nothing(what):
    item = item_of("shipped")
    deadline = item.order.receive_by
    [deed] = due.due_by(deadline, ["receive"])
    with clock.at(deadline - SECOND):
        if what == "more time":
            extension.extend_by_buyer(order_id=item.order_id)
        elif what == "a request":
            make_request(item)
        else:
            receive(item)
    with clock.at(deadline):
        assert deed.do() is False
    assert not OrderEvent.objects.filter(kind="received", actor="system").exists()
    call_command("audit")


@pytest.mark.django_db
def test_a_runner_that_was_dead_for_three_days():
    """One run afterwards leaves every moment as if it had never been dead."""
    unpaid, item = make_order(), item_of("shipped")
    deadline = item.order.receive_by
    call_command("run_due", at=(deadline + 3 * DAY).isoformat())
    unpaid.refresh_from_db()
    item.refresh_from_db()
    assert unpaid.closed_at == unpaid.pay_by
    assert item.received_at == deadline
    assert item.order.events.get(kind="received").at == deadline
    assert item.praise_at == deadline + 15 * DAY


@pytest.mark.django_db
def test_the_same_product_twice_a_day_is_received_one_by_one():
    """Two orders of one day: each item by its own button, with its own review row."""
    alice, product = buyer(), make_product(stock=5)
    one, other = [
        make_order(alice, product, status="shipped").items.select_related("order").get()
        for _ in range(2)
    ]
    assert one.variant_id == other.variant_id
    receive(other)
    one.refresh_from_db()
    assert (one.status, other.status) == ("shipped", "received")
    assert list(Review.objects.values_list("pk", flat=True)) == [other.pk]
    receive(one)
    assert Review.objects.count() == 2
    product.refresh_from_db()
    assert product.sales_count == 2
    call_command("audit")


def test_the_rules_have_their_defaults():
    defaults = {
        "receipt_days": 10,
        "receipt_reminder_hours": 24,
        "receipt_extension_days": 3,
        "receipt_extension_window_days": 3,
    }
    for name, number in defaults.items():
        assert policy.rule(name).default == number
