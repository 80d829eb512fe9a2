"""Returns and exchanges (rows F12, F13)."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.models import StockEntry
from orders import timeline
from orders.models import AfterSale, OrderEvent, Refund
from orders.refusals import CannotCorrect, NothingToAskFor, RequestMoved
from orders.states import OrderStatus
from orders.tests.after_sale_factories import (
    SCRAP,
    agree,
    confirm,
    correct_return,
    make_request,
    refuse,
    replace,
    send_back,
    withdraw,
)
from orders.tests.after_sales.rows import fresh, kinds_of, received, stock_of
from shop import clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.usefixtures("clean")
class TestReturn:
    def test_from_the_wish_to_the_money(self, alice):
        order, item = received(alice, 2, stock=5)
        before = fresh(item.product).sales_count
        request = make_request(item)
        assert request.kind == "return_and_refund"
        request = agree(request)
        assert request.state == "return_goods"
        assert request.decide_by == clock.now() + 7 * DAY
        request = send_back(request)
        assert request.state == "returning"
        assert request.decide_by == clock.now() + 10 * DAY
        request = confirm(request)
        assert (request.state, request.goods) == ("refunded", "restocked")
        assert request.amount == item.amount
        assert stock_of(item) == 5
        assert fresh(item.product).sales_count == before - 2
        assert (fresh(item).status, item.received_at is not None) == ("refunded", True)
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_a_part_stays_received(self, alice):
        _order, item = received(alice, 3)
        make_request(item, 1, state="refunded")
        assert (fresh(item).status, item.kept_quantity) == ("received", 2)
        assert fresh(item.product).sales_count == 2
        make_request(item, state="refunded")
        assert fresh(item).status == "refunded"
        assert item.refunded_amount == item.amount

    def test_scrapped(self, alice):
        order, item = received(alice, stock=5)
        request = confirm(make_request(item, state="returning"), SCRAP)
        assert stock_of(item) == 4
        assert request.goods_reason == "broken glass"
        moves = StockEntry.objects.filter(reason__startswith=order.number)
        assert list(moves.order_by("pk").values_list("kind", "change")) == [
            ("order", -1),
            ("returned", 1),
            ("scrapped", -1),
        ]

    def test_goods_without_a_seven_day_return_come_back_for_a_fault_only(self, alice):
        _order, item = received(alice, has_seven_day_return=False)
        with pytest.raises(NothingToAskFor):
            make_request(item)
        assert make_request(item, is_faulty=True).is_faulty

    def test_the_wrong_goods_may_still_be_refused(self, alice):
        _order, item = received(alice)
        request = refuse(make_request(item, state="returning"), "An empty box")
        assert (request.state, request.refusal) == ("refused", "An empty box")
        with pytest.raises(RequestMoved):
            confirm(request)

    def test_its_number_is_corrected_once(self, alice):
        order, item = received(alice)
        request = make_request(item, state="returning")
        corrected = correct_return(request)
        assert corrected.return_number == "SF1234567890199"
        assert corrected.decide_by == request.decide_by
        event = order.events.get(kind="number_corrected")
        assert (event.actor, event.after_sale) == (OrderEvent.Actor.BUYER, request)
        assert event.detail == "sf SF1234567890123 > sf SF1234567890199"
        sentence = timeline.sentence_of(event)
        assert "SF1234567890123" in sentence
        assert "SF1234567890199" in sentence
        with pytest.raises(CannotCorrect):
            correct_return(corrected, "SF1234567890200")

    @pytest.mark.parametrize("state", ["return_goods", "refunded"])
    def test_it_is_not_corrected_before_or_after(self, alice, state):
        _order, item = received(alice)
        with pytest.raises(CannotCorrect):
            correct_return(make_request(item, state=state))

    def test_goods_under_way_cannot_be_withdrawn(self, alice):
        _order, item = received(alice)
        request = make_request(item, state="return_goods")
        send_back(request)
        with pytest.raises(RequestMoved):
            withdraw(request)


@pytest.mark.usefixtures("clean")
class TestExchange:
    def test_ends_with_a_replacement_that_counts_for_no_item(self, alice):
        order, item = received(alice, stock=5)
        with clock.at(item.received_at + 8 * DAY):
            request = make_request(item, state="returning")
            with pytest.raises(RequestMoved):
                replace(request)
            request = replace(confirm(request, SCRAP))
        assert (request.state, request.amount) == ("exchanged", 0)
        assert request.replacement_number
        assert stock_of(item) == 3
        assert not Refund.objects.exists()
        assert fresh(item).status == "received"
        assert order.parcels.count() == 1
        assert fresh(item.product).sales_count == 1

    def test_needs_a_warranty(self, alice):
        _order, item = received(alice, warranty_months=0)
        with clock.at(item.received_at + 8 * DAY), pytest.raises(NothingToAskFor):
            make_request(item, 1, kind="exchange")

    def test_one_that_is_late_is_flagged_and_goes_on(self, alice):
        order, item = received(alice)
        with clock.at(item.received_at + 8 * DAY):
            request = make_request(item, state="returning")
        due_at = request.decide_by
        with clock.at(due_at - SECOND):
            call_command("run_due")
            assert fresh(request).flagged_at is None
        with clock.at(due_at + DAY):
            call_command("run_due")
            assert (fresh(request).flagged_at, request.state) == (due_at, "returning")
            assert list(AfterSale.objects.flagged()) == [request]
            replace(confirm(request))
        assert "return_overdue" in kinds_of(order)
