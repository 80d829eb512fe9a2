"""Until when one may ask, and what the clock decides."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.tests.factories import make_product
from orders.refusals import NothingToAskFor, RequestMoved
from orders.tests.after_sale_factories import RESTOCK, confirm, make_request
from orders.tests.after_sales.rows import fresh, items_of, received, stock_of
from orders.tests.factories import make_order
from shop import clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class TestWindows:
    """One second before, at, and after; each is of the day of receipt."""

    @pytest.mark.parametrize(
        ("after", "kind"),
        [
            (timedelta(0), "return_and_refund"),
            (7 * DAY - SECOND, "return_and_refund"),
            (7 * DAY, "exchange"),
            (15 * DAY - SECOND, "exchange"),
            (15 * DAY, None),
            (15 * DAY + SECOND, None),
        ],
    )
    def test_what_may_be_asked_for(self, alice, after, kind):
        _order, item = received(alice)
        with clock.at(item.received_at + after):
            if kind is None:
                with pytest.raises(NothingToAskFor):
                    make_request(item, 1, kind="exchange")
            else:
                assert make_request(item).kind == kind

    def test_a_later_change_of_the_rule_moves_nothing(self, alice):
        _order, item = received(alice)
        call_command("policy", "after_sale_days", "30")
        with clock.at(item.received_at + 7 * DAY):
            assert make_request(item).kind == "exchange"


#: before which state, what it waits for, the state after, who did it
DEADLINES = [
    ("paid", "requested", timedelta(hours=48), "refunded"),
    ("shipped", "requested", 3 * DAY, "refunded"),
    ("completed", "requested", 3 * DAY, "return_goods"),
    ("completed", "return_goods", 7 * DAY, "closed"),
    ("completed", "returning", 10 * DAY, "refunded"),
]


@pytest.mark.usefixtures("clean")
class TestDeadlines:
    @pytest.mark.parametrize("how", ["run", "look"])
    @pytest.mark.parametrize(("status", "state", "time", "then"), DEADLINES)
    def test_one_second_before_at_and_after(
        self, alice, as_alice, how, status, state, time, then
    ):
        order = make_order(alice, make_product(), status=status)
        request = make_request(order.items.get(), state=state)
        assert request.decide_by == clock.now() + time
        due_at = request.decide_by
        with clock.at(due_at - SECOND):
            self.do(how, as_alice, order)
            assert fresh(request).state == state
        late = due_at + 2 * SECOND
        with clock.at(late):
            self.do(how, as_alice, order)
        assert fresh(request).state == then
        events = request.events.filter(actor="system").exclude(kind="refunded")
        assert {event.at for event in events} == {due_at}

    def do(self, how, client, order):
        if how == "run":
            call_command("run_due")
        else:
            assert client.get(f"/orders/{order.number}/").status_code == 200

    def test_a_rule_changed_meanwhile_moves_nothing(self, alice):
        order = make_order(alice, make_product(), status="paid")
        request = make_request(order.items.get())
        call_command("policy", "refund_unsent_hours", "1")
        with clock.at(request.requested_at + 47 * timedelta(hours=1)):
            call_command("run_due")
        assert fresh(request).state == "requested"

    def test_one_late_run_ends_where_many_punctual_ones_do(self, alice, bob):
        ends = []
        for buyer, steps in ((alice, 1), (bob, 30)):
            order = make_order(
                buyer, [make_product(), make_product()], status="shipped"
            )
            first, _second = items_of(order)
            make_request(first)
            for step in range(1, steps + 1):
                with clock.at(order.shipped_at + 30 * DAY * step / steps):
                    call_command("run_due")
            fresh(order)
            ends.append(
                [
                    (event.kind, event.at - order.shipped_at)
                    for event in order.events.order_by("at", "pk")
                    # When the gateway is asked depends on when somebody runs.
                    if event.at > order.shipped_at and event.kind != "refunded"
                ]
            )
        assert ends[0] == ends[1]
        assert ends[0][-1] == ("completed", 13 * DAY)

    def test_goods_that_the_clock_refunded_are_put_away_later(self, alice):
        _order, item = received(alice, stock=5)
        request = make_request(item, state="returning")
        with clock.at(request.decide_by):
            call_command("run_due")
            assert fresh(request).state == "refunded"
            assert request.goods_wait
            assert stock_of(item) == 4
            confirm(request, RESTOCK)
        assert stock_of(item) == 5
        with pytest.raises(RequestMoved):
            confirm(request)
