"""The receipt timer: started, stopped, gone on, made longer (rows G2, G3, G4, M3)."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import make_user
from orders.models import Order
from orders.refusals import (
    AlreadyExtended,
    AlreadyReceived,
    NotShipped,
    RequestOpen,
    TooEarly,
)
from orders.services import extension, receipt_timer
from orders.states import OrderStatus
from orders.tests.factories import make_order, receive
from shop import clock, policy

pytestmark = pytest.mark.django_db

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def order():
    return make_order(status="shipped")


def freeze(order, at):
    done = receipt_timer.freeze(order_id=order.pk, at=at)
    order.refresh_from_db()
    return done


def resume(order, at):
    done = receipt_timer.resume(order_id=order.pk, at=at)
    order.refresh_from_db()
    return done


def extend(order, at):
    with clock.at(at):
        extension.extend_by_buyer(order_id=order.pk)
    order.refresh_from_db()


def add_days(order, days, at):
    carol = make_user(is_staff=True)
    with clock.at(at):
        extension.extend_by_staff(order_id=order.pk, days=days, by_id=carol.pk)
    order.refresh_from_db()


def told(order):
    events = order.events.filter(kind__in=["extended", "frozen", "resumed"])
    return list(events.order_by("pk").values_list("kind", "actor", "detail"))


class TestStart:
    def test_the_rules_are_copied(self, order):
        assert order.receive_by == order.shipped_at + 10 * DAY
        assert order.remind_receipt_at == order.receive_by - DAY
        policy.change("receipt_reminder_hours", "48")
        policy.change("receipt_days", "5")
        deadline = order.receive_by
        freeze(order, order.shipped_at + DAY)
        resume(order, order.shipped_at + 2 * DAY)
        assert order.receive_by == deadline + DAY
        assert order.remind_receipt_at == order.receive_by - DAY

    def test_with_the_order_the_timer_is_over(self, order):
        receive(order.items.get())
        order.refresh_from_db()
        assert order.status == OrderStatus.COMPLETED
        assert order.remind_receipt_at is None


class TestFreezeAndResume:
    @pytest.mark.parametrize(
        "left", [10 * DAY, DAY + SECOND, DAY, HOUR, SECOND, timedelta(microseconds=1)]
    )
    def test_what_was_left_is_kept_to_the_microsecond(self, order, left):
        deadline = order.receive_by
        assert freeze(order, deadline - left)
        assert (order.receive_by, order.receipt_left) == (None, left)
        assert order.remind_receipt_at is None
        later = deadline + 40 * DAY
        assert resume(order, later)
        assert (order.receive_by, order.receipt_left) == (later + left, None)
        assert order.remind_receipt_at == max(later, later + left - DAY)
        assert told(order) == [
            ("frozen", "system", ""),
            ("resumed", "system", (later + left).isoformat()),
        ]

    @pytest.mark.parametrize("late", [timedelta(), SECOND, DAY])
    def test_what_is_over_is_not_stopped(self, order, late):
        assert not freeze(order, order.receive_by + late)
        assert order.receipt_left is None
        assert told(order) == []

    def test_twice_is_once(self, order):
        moment = order.shipped_at + DAY
        assert freeze(order, moment)
        assert not freeze(order, moment + DAY)
        assert order.receipt_left == 9 * DAY
        assert resume(order, moment + 2 * DAY)
        assert not resume(order, moment + 3 * DAY)
        assert order.receive_by == moment + 11 * DAY

    @pytest.mark.parametrize("status", ["pending_payment", "paid", "completed"])
    def test_only_a_shipped_order_has_a_timer(self, status):
        order = make_order(status=status)
        assert not freeze(order, clock.now())
        assert not resume(order, clock.now())
        assert told(order) == []


class TestTheBuyersExtension:
    @pytest.mark.parametrize(
        ("before", "is_offered"),
        [(3 * DAY + SECOND, False), (3 * DAY, True), (3 * DAY - SECOND, True)],
    )
    def test_is_offered_in_the_last_three_days(self, order, before, is_offered):
        moment = deadline = order.receive_by
        moment -= before
        assert extension.offer_for(order).is_open(moment) is is_offered
        if not is_offered:
            with pytest.raises(TooEarly):
                extend(order, moment)
            return
        extend(order, moment)
        assert order.receive_by == deadline + 3 * DAY
        assert order.remind_receipt_at == order.receive_by - DAY
        assert order.extended_at == moment
        assert told(order) == [("extended", "buyer", "3")]

    def test_is_given_once(self, order):
        extend(order, order.receive_by - SECOND)
        moment = order.receive_by - SECOND
        assert extension.offer_for(order) is None
        with pytest.raises(AlreadyExtended):
            extend(order, moment)

    def test_one_second_too_late_everything_is_received(self, order):
        deadline = order.receive_by
        with pytest.raises(AlreadyReceived):
            extend(order, deadline)
        order.refresh_from_db()
        assert (order.status, order.receive_by) == (OrderStatus.COMPLETED, deadline)

    def test_not_while_the_timer_stands_still(self, order):
        moment = order.receive_by - DAY
        freeze(order, moment)
        assert extension.offer_for(order) is None
        with pytest.raises(RequestOpen):
            extend(order, moment)

    @pytest.mark.parametrize("status", ["pending_payment", "paid", "closed"])
    def test_not_before_shipping(self, status):
        order = make_order(status=status)
        assert extension.offer_for(order) is None
        with pytest.raises(NotShipped):
            extend(order, clock.now())


class TestDaysFromStaff:
    @pytest.mark.parametrize("days", [3, 5, 7, 10])
    def test_whenever_and_again(self, order, days):
        deadline = order.receive_by
        add_days(order, days, order.shipped_at)
        add_days(order, days, order.shipped_at)
        assert order.receive_by == deadline + 2 * days * DAY
        assert order.extended_at is None, "the buyer's own is left"
        assert [actor for _kind, actor, _detail in told(order)] == ["staff"] * 2
        assert order.events.filter(kind="extended", by__isnull=False).count() == 2

    def test_also_while_it_stands_still(self, order):
        freeze(order, order.receive_by - HOUR)
        add_days(order, 5, order.shipped_at)
        assert (order.receive_by, order.receipt_left) == (None, 5 * DAY + HOUR)
        assert told(order)[-1] == ("extended", "staff", "5")

    @pytest.mark.parametrize("days", [0, 1, 4, -3, 30])
    def test_no_other_number(self, order, days):
        with pytest.raises(ValueError, match=str(days)):
            add_days(order, days, order.shipped_at)

    def test_not_when_it_is_over(self, order):
        with pytest.raises(AlreadyReceived):
            add_days(order, 3, order.receive_by)
        with pytest.raises(NotShipped):
            add_days(make_order(status="paid"), 3, clock.now())


#: Each may come in any place; what stands still must go on at the end.
DEEDS = {
    "freeze": freeze,
    "resume": resume,
    "buyer": extend,
    "staff": lambda order, at: add_days(order, 5, at),
    "freeze again": freeze,
    "resume again": resume,
}


def test_every_order_of_pause_extend_and_resume(many):
    """After any of them, what is left is what a ledger of days says."""
    for names in permutations(list(DEEDS)[: many(quick=4, thorough=6)]):
        live(make_order(status="shipped"), names)


def live(order, names):
    moment = order.receive_by - 2 * DAY
    left, is_running, is_extended = 2 * DAY, True, False
    for name in names:
        word = name.split()[0]
        is_wish = word == "buyer"
        may = is_running and not is_extended and left <= 3 * DAY
        if is_wish and not may:
            with pytest.raises((RequestOpen, TooEarly)):
                extend(order, moment)
            order.refresh_from_db()
        else:
            DEEDS[name](order, moment)
        left += 5 * DAY if word == "staff" else 3 * DAY if is_wish and may else 0 * DAY
        is_extended = is_extended or (is_wish and may)
        is_running = {"freeze": False, "resume": True}.get(word, is_running)
        if is_running:
            rest = moment + left
            assert (order.receive_by, order.receipt_left) == (rest, None), names
            assert order.remind_receipt_at == max(moment, moment + left - DAY)
        else:
            assert (order.receive_by, order.receipt_left) == (None, left), names
            assert order.remind_receipt_at is None
        moment += HOUR
        left -= HOUR if is_running else 0 * HOUR


@pytest.mark.parametrize(
    "columns",
    [
        {"receipt_left": DAY},
        {"receive_by": None, "remind_receipt_at": None},
        {"receive_by": None, "receipt_left": DAY},
        {"status": OrderStatus.COMPLETED},
    ],
    ids=["runs and stands", "none", "reminds while it stands", "reminds when over"],
)
def test_the_database_keeps_one_timer(order, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**columns)
