"""Orders that are closed by hand or by the clock, and late deeds that find them so."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.services import OutOfStock
from catalog.tests.factories import make_product
from orders.refusals import AlreadyPaid, AlreadyReceived, OrderClosed
from orders.services import closing, receipt
from orders.states import OrderStatus
from orders.tests.factories import buyer, cancel, make_order
from shop import clock, due, policy

pytestmark = pytest.mark.django_db


class TestClosing:
    def test_cancelling_gives_the_stock_back_once(self):
        variant = make_product(stock=5).variants.get()
        order = make_order(lines=variant, quantity=2)
        cancel(order, "found it cheaper")
        variant.refresh_from_db()
        assert (variant.stock, order.status) == (5, OrderStatus.CLOSED)
        with pytest.raises(OrderClosed):
            cancel(order)
        variant.refresh_from_db()
        assert variant.stock == 5
        event = order.events.latest("pk")
        assert (event.kind, event.actor, event.detail) == (
            "closed",
            "buyer",
            "found it cheaper",
        )
        call_command("audit")

    def test_a_paid_order_is_not_cancelled(self):
        with pytest.raises(AlreadyPaid):
            cancel(make_order(status="paid"))

    @pytest.mark.parametrize(
        ("seconds", "status"), [(-1, "pending_payment"), (0, "closed"), (1, "closed")]
    )
    def test_the_runner_closes_at_the_deadline_to_the_second(self, seconds, status):
        order = make_order()
        moment = order.pay_by + timedelta(seconds=seconds)
        call_command("run_due", at=moment.isoformat(), only=["close_unpaid"])
        order.refresh_from_db()
        assert order.status == status
        if status == "closed":
            # It bears the moment it was due, not the moment of the run.
            assert order.closed_at == order.pay_by
            assert order.events.latest("pk").actor == "system"
        call_command("audit")

    def test_a_held_unit_is_free_at_the_deadline_though_no_command_ran(self):
        variant = make_product(stock=1).variants.get()
        first = make_order(lines=variant)
        with pytest.raises(OutOfStock):
            make_order(lines=variant)
        with clock.at(first.pay_by):
            second = make_order(lines=variant)
        first.refresh_from_db()
        assert first.status == OrderStatus.CLOSED
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (0, second.pay_by)
        call_command("audit")

    def test_the_product_page_sells_it_again_though_no_command_ran(self, client):
        product = make_product(stock=1)
        order = make_order(lines=product)
        address = f"/p/{product.pk}/"
        assert 'data-test="stock" data-stock="0"' in client.get(address).text
        with clock.at(order.pay_by):
            assert 'data-test="stock" data-stock="1"' in client.get(address).text

    def test_settling_renews_the_hold(self):
        variant = make_product(stock=5).variants.get()
        first = make_order(lines=variant)
        with clock.at(first.placed_at + timedelta(minutes=10)):
            second = make_order(lines=variant)
        with clock.at(first.pay_by):
            due.settle("variants", [variant.pk])
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (4, second.pay_by)
        with clock.at(second.pay_by):
            due.settle("variants", [variant.pk])
        variant.refresh_from_db()
        assert (variant.stock, variant.held_until) == (5, None)

    def test_a_later_change_of_the_rule_moves_no_running_order(self):
        order = make_order()
        policy.change("unpaid_minutes", "1")
        with clock.at(order.placed_at + timedelta(minutes=2)):
            assert closing.close_overdue(order.pk) is False


class TestSettling:
    """A late deed finds what a punctual run would have left."""

    def test_cancelling_too_late_finds_it_closed_by_the_clock(self):
        order = make_order()
        with clock.at(order.pay_by + timedelta(days=8)), pytest.raises(OrderClosed):
            cancel(order)
        order.refresh_from_db()
        assert order.closed_at == order.pay_by
        event = order.events.latest("pk")
        assert (event.actor, event.at) == ("system", order.pay_by)

    def test_receiving_too_late_finds_it_received_by_the_clock(self):
        alice = buyer()
        order = make_order(alice, status="shipped")
        item = order.items.select_related("order").get()
        late = order.receive_by + timedelta(days=1)
        with clock.at(late), pytest.raises(AlreadyReceived):
            receipt.receive_by_buyer(item=item, digits="999990")
        item.refresh_from_db()
        assert item.received_at == order.receive_by
        assert order.events.get(kind="received").actor == "system"
        alice.refresh_from_db()
        assert alice.payment_strikes == 0

    @pytest.mark.parametrize("path", ["/orders/", "/orders/{}/"])
    def test_looking_settles(self, client, path):
        unpaid = make_order()
        client.force_login(unpaid.user)
        with clock.at(unpaid.pay_by):
            html = client.get(path.format(unpaid.number)).text
        assert 'data-status="closed"' in html
        shipped = make_order(status="shipped")
        client.force_login(shipped.user)
        with clock.at(shipped.receive_by):
            html = client.get(path.format(shipped.number)).text
        assert 'data-status="completed"' in html
