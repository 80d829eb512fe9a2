"""What an order may become, and who is told of it."""

import pytest
from django.core.management import call_command

from catalog.models import Product
from orders.models import Order, OrderEvent
from orders.next_event import Deed, NextEvent, next_event
from orders.states import MOVES, OrderStatus
from orders.tests.factories import make_order, pay, receive, ship_all
from shop import clock, sms

pytestmark = pytest.mark.django_db

ALL = list(OrderStatus)


class TestStates:
    @pytest.mark.parametrize("source", ALL)
    @pytest.mark.parametrize("target", ALL)
    def test_only_the_moves_of_the_table(self, source, target):
        order = make_order()
        Order.objects.filter(pk=order.pk).update(status=source, receive_by=order.pay_by)
        moved = Order.objects.move(order.pk, target)
        assert moved is (target in MOVES[source])
        order.refresh_from_db()
        assert order.status == (target if moved else source)

    def test_the_next_event(self):
        order = make_order()
        now = clock.now()
        assert next_event(order, now).deed == Deed.CLOSE
        assert next_event(order, now).at == order.pay_by
        pay(order)
        assert next_event(order, now).deed == Deed.LATE
        assert next_event(order, order.ship_by) is None
        ship_all(order)
        assert next_event(order, now).deed == Deed.RECEIVE
        assert next_event(order, now).at == order.receive_by
        receive(order.items.get())
        order.refresh_from_db()
        item = order.items.get()
        assert next_event(order, now) == NextEvent(Deed.PRAISE, item.praise_at)
        call_command("run_due", at=item.praise_at.isoformat(), only=["praise"])
        order.refresh_from_db()
        assert next_event(order, now) is None

    def test_the_runner_lists_what_it_would_do(self, capsys):
        order = make_order()
        shipped = make_order(status="shipped")
        capsys.readouterr()
        call_command("run_due", dry_run=True, at="2099-01-01")
        lines = capsys.readouterr().out.splitlines()
        assert f"close_unpaid {order.number} -" in lines
        item = shipped.items.get()
        assert f"receive {shipped.number} {item.pk}" in lines


class TestMessages:
    def test_the_buyer_is_told_in_the_orders_language(
        self, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            make_order(status="shipped", language="en")
        texts = [text for _, text in sms.memory]
        assert any("is paid" in text for text in texts)
        assert any("SF1234567890" in text for text in texts)


class TestEvents:
    def test_every_move_has_its_line(self):
        order = make_order(status="completed")
        kinds = order.events.order_by("pk").values_list("kind", "actor")
        assert list(kinds) == [
            ("placed", "buyer"),
            ("paid", "buyer"),
            ("shipped", "staff"),
            ("received", "buyer"),
            ("completed", "buyer"),
        ]
        assert not OrderEvent.objects.filter(at=None).exists()


def test_items_link_to_public_products_only(client):
    order = make_order()
    product = order.items.get().product
    client.force_login(order.user)
    for path in ("/orders/", f"/orders/{order.number}/"):
        assert f'href="/p/{product.pk}/"' in client.get(path).text
    Product.objects.filter(pk=product.pk).update(status="draft")
    for path in ("/orders/", f"/orders/{order.number}/"):
        assert f'href="/p/{product.pk}/"' not in client.get(path).text
