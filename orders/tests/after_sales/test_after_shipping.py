"""Requests about what is under way (row F11)."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.models import StockEntry
from catalog.tests.factories import make_product
from orders.models import AfterSale, Refund
from orders.refusals import NothingToAskFor, RequestMoved, RequestOpen
from orders.services.settling import settle_order
from orders.states import OrderStatus
from orders.tests.after_sale_factories import (
    RESTOCK,
    SCRAP,
    confirm,
    make_request,
    miss,
    refuse,
    withdraw,
)
from orders.tests.after_sales.rows import fresh, items_of, stock_of
from orders.tests.factories import make_order, receive, ship
from shop import clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.usefixtures("clean")
class TestAfterShipping:
    def test_the_money_goes_back_and_the_goods_stay(self, alice):
        order = make_order(alice, make_product(stock=5), status="shipped")
        item = order.items.get()
        request = make_request(item, state="refunded")
        assert request.amount == item.amount
        assert request.freight_amount == 0
        assert stock_of(item) == 4
        assert fresh(order).status == OrderStatus.CLOSED
        assert not hasattr(item, "review")

    @pytest.mark.parametrize(
        ("fate", "left", "moves"),
        [(RESTOCK, 4, ["returned"]), (SCRAP, 2, ["returned", "scrapped"])],
    )
    def test_a_parcel_that_comes_back_is_put_away_and_no_money_moves(
        self, alice, fate, left, moves
    ):
        order = make_order(alice, make_product(stock=5), 3, status="shipped")
        item = order.items.get()
        request = make_request(item, 2, state="refunded")
        paid_back = list(Refund.objects.values())
        request = confirm(request, fate)
        assert stock_of(item) == left
        came = StockEntry.objects.filter(reason__startswith=order.number)
        kinds = came.exclude(kind="order").order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == moves
        assert list(Refund.objects.values()) == paid_back
        assert (request.goods, request.goods_reason) == (fate.goods, fate.reason)
        assert request.arrived_at == clock.now()
        assert request.events.get(kind="goods_came_back").by is not None
        assert fresh(order).status == OrderStatus.SHIPPED
        with pytest.raises(RequestMoved):
            confirm(request, fate)

    def test_one_that_never_comes_leaves_the_list_and_moves_nothing(self, alice):
        order = make_order(alice, make_product(stock=5), 3, status="shipped")
        item = order.items.get()
        request = miss(make_request(item, 2, state="refunded"))
        assert (request.goods, request.arrived_at) == ("missing", None)
        assert not AfterSale.objects.waiting_for_staff("parcel").exists()
        assert stock_of(item) == 2
        assert request.events.get(kind="goods_missing").by is not None
        call_command("audit")
        with pytest.raises(RequestMoved):
            miss(request)
        # It comes after all.
        assert confirm(request).goods == "restocked"
        assert stock_of(item) == 4
        call_command("audit")
        with pytest.raises(RequestMoved):
            miss(request)

    def test_a_return_that_the_clock_refunded_may_never_come(self, alice):
        item = make_order(alice, make_product(), status="completed").items.get()
        request = make_request(item, state="returning")
        with pytest.raises(RequestMoved):
            miss(request)
        with clock.at(request.decide_by):
            settle_order(item.order_id)
        assert AfterSale.objects.waiting_for_staff("goods").exists()
        miss(request)
        assert not AfterSale.objects.waiting_for_staff("goods").exists()

    def test_what_is_not_refunded_has_nothing_to_put_away(self, alice):
        request = make_request(make_order(alice, status="shipped").items.get())
        for asked in (request, withdraw(request)):
            with pytest.raises(RequestMoved):
                confirm(asked)

    def test_part_of_it_counts_the_rest_as_sold(self, alice):
        order = make_order(alice, make_product(), 3, status="shipped")
        item = order.items.get()
        make_request(item, 2, state="refunded")
        assert fresh(order).status == OrderStatus.SHIPPED
        receive(item)
        item.product.refresh_from_db()
        assert item.product.sales_count == 1

    def test_an_open_one_stops_receipt_and_its_timer(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        item = order.items.get()
        at = order.shipped_at + 9 * DAY
        with clock.at(at):
            request = make_request(item)
            with pytest.raises(RequestOpen):
                receive(item)
        with clock.at(at + 2 * DAY):
            call_command("run_due")
            assert fresh(order).status == OrderStatus.SHIPPED
            refuse(request)
            assert fresh(order).receive_by == at + 3 * DAY
        with clock.at(at + 3 * DAY):
            call_command("run_due")
            assert fresh(order).status == OrderStatus.COMPLETED

    def test_a_request_one_second_before_the_deadline_stops_it(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        with clock.at(order.receive_by - SECOND):
            request = make_request(order.items.get())
            assert fresh(order).receipt_left == SECOND
        with clock.at(request.requested_at + DAY):
            withdraw(request)
            assert fresh(order).receive_by == clock.now() + SECOND

    def test_at_the_deadline_it_is_received_and_can_be_returned(self, alice):
        order = make_order(alice, make_product(), status="shipped")
        with clock.at(order.receive_by), pytest.raises(NothingToAskFor):
            make_request(order.items.get())
        assert order.items.get().status == "received"

    def test_the_timer_waits_for_the_last_of_two(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="shipped")
        first, second = (make_request(item) for item in items_of(order))
        withdraw(first)
        assert fresh(order).receive_by is None
        withdraw(second)
        assert fresh(order).receive_by

    def test_an_order_whose_last_parcel_leaves_meanwhile_starts_frozen(self, alice):
        order = make_order(
            alice, [make_product(), make_product()], status="partly_shipped"
        )
        first, second = items_of(order)
        request = make_request(first)
        ship(order, {second: 1})
        assert (order.receive_by, order.receipt_left) == (None, 10 * DAY)
        withdraw(request)
        assert fresh(order).receive_by
