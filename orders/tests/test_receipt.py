"""Receiving items one by one, by hand or by the clock."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.refusals import WrongPaymentPassword
from accounts.tests.factories import make_user
from catalog.tests.factories import make_product
from orders.refusals import AlreadyReceived, NotShipped
from orders.services import receipt, receiving
from orders.states import OrderStatus
from orders.tests.factories import buyer, make_order, receive, ship_all
from shop import clock, policy

pytestmark = pytest.mark.django_db


class TestReceipt:
    def test_receives_this_item_and_no_other(self):
        """The twins: the same bought twice the same day, in two orders."""
        alice, variant = make_user(), make_product().variants.get()
        first = make_order(alice, variant, status="shipped")
        second = make_order(alice, variant, status="shipped")
        receive(first.items.get())
        first.refresh_from_db()
        second.refresh_from_db()
        assert first.status == OrderStatus.COMPLETED
        assert second.status == OrderStatus.SHIPPED
        assert second.items.get().status == "shipped"
        receive(second.items.get())
        second.refresh_from_db()
        assert second.status == OrderStatus.COMPLETED
        call_command("audit")

    def test_counts_the_sale(self):
        product = make_product()
        order = make_order(lines=product, quantity=3, status="shipped")
        receive(order.items.get())
        product.refresh_from_db()
        assert (product.sales_count, product.sales_30d) == (3, 3)

    def test_only_once(self):
        order = make_order(status="completed")
        with pytest.raises(AlreadyReceived):
            receive(order.items.get())

    @pytest.mark.parametrize("status", ["pending_payment", "paid", "closed"])
    def test_not_before_it_is_shipped(self, status):
        order = make_order(status=status)
        with pytest.raises(NotShipped):
            receive(order.items.get())

    def test_not_while_a_part_of_it_is_missing(self):
        order = make_order(lines=make_product(), quantity=2, status="partly_shipped")
        with pytest.raises(NotShipped):
            receive(order.items.get())

    def test_an_item_of_a_partly_shipped_order_may_be_received(self):
        lines = [make_product(), make_product()]
        order = make_order(lines=lines, status="partly_shipped")
        receive(order.items.get(status="shipped"))
        order.refresh_from_db()
        assert order.status == OrderStatus.PARTLY_SHIPPED
        ship_all(order)
        receive(order.items.get(status="shipped"))
        order.refresh_from_db()
        assert order.status == OrderStatus.COMPLETED
        call_command("audit")

    def test_a_wrong_password_keeps_the_item_and_counts_a_strike(self):
        alice = buyer()
        item = make_order(alice, status="shipped").items.get()
        with pytest.raises(WrongPaymentPassword):
            receipt.receive_by_buyer(item=item, digits="999990")
        item.refresh_from_db()
        assert item.status == "shipped"
        alice.refresh_from_db()
        assert alice.payment_strikes == 1

    @pytest.mark.parametrize(
        ("seconds", "status"), [(-1, "shipped"), (0, "completed"), (1, "completed")]
    )
    def test_the_runner_receives_at_the_deadline_to_the_second(self, seconds, status):
        lines = [make_product(), make_product()]
        order = make_order(lines=lines, status="shipped")
        moment = order.receive_by + timedelta(seconds=seconds)
        call_command("run_due", at=moment.isoformat(), only=["receive"])
        order.refresh_from_db()
        assert order.status == status
        if status == "completed":
            assert {i.received_at for i in order.items.all()} == {order.receive_by}
            actors = order.events.filter(kind="received").values_list("actor")
            assert list(actors) == [("system",), ("system",)]
        call_command("audit")

    def test_a_later_change_of_the_rule_moves_no_running_order(self):
        order = make_order(status="shipped")
        policy.change("receipt_days", "1")
        with clock.at(order.shipped_at + timedelta(days=2)):
            receiving.receive_overdue(item_id=order.items.get().pk, order_id=order.pk)
        order.refresh_from_db()
        assert order.status == OrderStatus.SHIPPED
