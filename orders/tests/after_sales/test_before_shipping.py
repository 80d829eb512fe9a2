"""Requests about what has not left yet (row F6)."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import Wallet
from catalog.models import StockEntry
from catalog.tests.factories import make_product
from orders.refusals import CannotShip, NothingToAskFor
from orders.states import OrderStatus
from orders.tests.after_sale_factories import SCRAP, agree, make_request, withdraw
from orders.tests.after_sales.rows import fresh, items_of, kinds_of, stock_of
from orders.tests.factories import make_order, pay_from_balance, receive, ship, ship_all
from shop import clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.usefixtures("clean")
class TestBeforeShipping:
    def test_all_of_it_closes_the_order_and_gives_all_back(self, alice):
        order = make_order(alice, make_product(price="40.00", stock=5), 2)
        pay_from_balance(order)
        before = Wallet.objects.get(user=alice).balance
        item = order.items.get()
        left = stock_of(item)
        request = make_request(item, state="refunded")
        call_command("run_due")
        assert request.amount == order.total_amount
        assert request.freight_amount == order.freight_amount > 0
        assert fresh(order).status == OrderStatus.CLOSED
        assert order.close_reason == "refunded_in_full"
        assert (fresh(item).status, item.cancelled_quantity) == ("refunded", 2)
        assert Wallet.objects.get(user=alice).balance == before + order.total_amount
        assert stock_of(item) == left + 2
        told = ["request_opened", "request_granted", "closed", "refunded"]
        assert kinds_of(order)[-4:] == told

    def test_one_item_of_two_ships_and_completes_the_rest(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        first, second = items_of(order)
        request = make_request(first, state="refunded")
        assert (request.amount, request.freight_amount) == (first.amount, 0)
        assert fresh(order).status == OrderStatus.PAID
        ship_all(order)
        assert order.status == OrderStatus.SHIPPED
        receive(second)
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_some_units_of_an_item(self, alice):
        order = make_order(alice, make_product(price="10.00"), 3, status="paid")
        item = order.items.get()
        make_request(item, 1, state="refunded")
        assert fresh(item).unshipped_quantity == 2
        ship(order, {item: 1})
        assert fresh(item).status == "partly_shipped"
        make_request(item, 1, state="refunded")
        # The rest of it is sent; so is the order, and its timer starts now.
        assert fresh(item).status == "shipped"
        assert fresh(order).status == OrderStatus.SHIPPED
        assert order.receive_by == clock.now() + 10 * DAY
        receive(item)
        assert fresh(order).status == OrderStatus.COMPLETED
        assert fresh(item.product).sales_count == 1

    def test_the_last_of_a_partly_shipped_order_completes_it(self, alice):
        order = make_order(
            alice, [make_product(), make_product()], status="partly_shipped"
        )
        first, second = items_of(order)
        receive(first)
        make_request(second, state="refunded")
        assert fresh(order).status == OrderStatus.COMPLETED

    def test_an_open_one_keeps_its_item_from_being_sent_and_no_other(self, alice):
        order = make_order(alice, [make_product(), make_product()], status="paid")
        first, second = items_of(order)
        request = make_request(first)
        with pytest.raises(CannotShip):
            ship(order, {first: 1, second: 1})
        assert fresh(second).shipped_quantity == 0
        ship(order, {second: 1})
        withdraw(request)
        ship(order, {first: 1})
        assert order.status == OrderStatus.SHIPPED

    def test_scrapped_units_leave_the_ledger_with_their_reason(self, alice):
        order = make_order(alice, make_product(stock=5), 2, status="paid")
        item = order.items.get()
        agree(make_request(item, 1), SCRAP)
        assert stock_of(item) == 3
        entry = StockEntry.objects.get(kind="scrapped")
        assert entry.change == -1
        assert entry.reason == f"{order.number}: broken glass"

    def test_an_unpaid_or_closed_order_has_nothing_to_give(self, alice):
        for status in ("pending_payment", "closed"):
            item = make_order(alice, make_product(), status=status).items.get()
            with pytest.raises(NothingToAskFor):
                make_request(item, 1, kind="refund_only")
