"""The demo's orders stand in the books as if the services had written them."""

from datetime import timedelta
from random import Random

import pytest

from accounts.tests.factories import make_address
from catalog.models import RecentPurchase
from catalog.tests.factories import make_product
from orders.demo.books import write_orders
from orders.demo.order import DemoOrder
from orders.states import OrderStatus
from shop import clock
from shop.demo import Wishes

pytestmark = pytest.mark.django_db


def test_what_was_paid_this_week_is_noted_for_the_recommendations(alice):
    address, now = make_address(alice), clock.now()
    long_ago = now - timedelta(days=60)
    products = [make_product(on_shelf_at=long_ago) for _ in range(3)]
    states = [
        (OrderStatus.PAID, now - timedelta(days=1)),
        (OrderStatus.PENDING_PAYMENT, now - timedelta(minutes=5)),
        (OrderStatus.COMPLETED, now - timedelta(days=30)),
    ]
    wanted = [
        DemoOrder(f"demo-{place}", address, [product.variants.get()], placed_at, status)
        for place, (product, (status, placed_at)) in enumerate(
            zip(products, states, strict=True)
        )
    ]
    write_orders(wanted, Wishes(products=0, orders=0, random=Random(1)))  # noqa: S311
    [noted] = RecentPurchase.objects.all()
    assert (noted.user, noted.product) == (alice, products[0])
    assert noted.bought_at == wanted[0].paid_at
