"""Sending an order in one parcel or several."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from catalog.tests.factories import make_product
from orders.models import Parcel
from orders.refusals import CannotShip
from orders.states import OrderStatus
from orders.tests.factories import make_order, ship, ship_all
from shop import clock

pytestmark = pytest.mark.django_db


class TestShipping:
    def test_in_one_parcel(self):
        order = make_order(status="paid")
        moment = clock.now()
        with clock.at(moment):
            ship_all(order)
        assert order.status == OrderStatus.SHIPPED
        assert order.receive_by == moment + timedelta(days=10)
        call_command("audit")

    def test_in_two_parcels_the_timer_starts_with_the_last(self):
        order = make_order(lines=make_product(), quantity=3, status="paid")
        item = order.items.get()
        ship(order, {item: 1})
        assert (order.status, order.receive_by) == (OrderStatus.PARTLY_SHIPPED, None)
        item.refresh_from_db()
        assert item.status == "partly_shipped"
        ship(order, {item: 2})
        assert order.status == OrderStatus.SHIPPED
        assert order.receive_by is not None
        assert Parcel.objects.count() == 2
        call_command("audit")

    @pytest.mark.parametrize("number", [0, 4, 10**6])
    def test_never_more_than_is_left(self, number):
        order = make_order(lines=make_product(), quantity=3, status="paid")
        with pytest.raises(CannotShip):
            ship(order, {order.items.get(): number})
        assert not Parcel.objects.exists()

    @pytest.mark.parametrize("status", ["pending_payment", "shipped", "closed"])
    def test_only_what_waits_for_it(self, status):
        order = make_order(status=status)
        before = Parcel.objects.count()
        with pytest.raises(CannotShip):
            ship(order, {order.items.get(): 1})
        assert Parcel.objects.count() == before

    def test_no_item_of_another_order(self):
        order, other = make_order(status="paid"), make_order(status="paid")
        with pytest.raises(CannotShip):
            ship(order, {other.items.get(): 1})
