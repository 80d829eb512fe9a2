"""A history is read from top to bottom: a deed, and only then what follows upon it."""

from datetime import timedelta
from itertools import count

import pytest

from catalog.tests.factories import make_product
from orders import timeline
from orders.tests.after_sale_factories import make_request, refuse, withdraw
from orders.tests.factories import make_order, ship, ship_all
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ticking(monkeypatch):
    """A clock that goes on each time it is asked, as a real one does."""
    began, ticks = clock.now(), count()

    def now():
        return began + timedelta(microseconds=next(ticks))

    monkeypatch.setattr(clock, "now", now)


def told(order):
    return [moment.event.kind for moment in reversed(timeline.of(order))]


def test_the_timer_stops_after_the_request_and_goes_on_after_its_end(alice):
    order = make_order(alice, make_product(), status="shipped")
    item = order.items.get()

    withdraw(make_request(item))
    refuse(make_request(item))

    assert told(order)[3:] == [
        "request_opened",
        "frozen",
        "request_withdrawn",
        "resumed",
        "request_opened",
        "frozen",
        "request_refused",
        "resumed",
    ]


def test_an_order_is_closed_after_its_refund_was_granted(alice):
    order = make_order(alice, make_product(), status="paid")

    make_request(order.items.get(), state="refunded")

    assert told(order)[2:4] == ["request_opened", "request_granted"]
    assert told(order).index("closed") > told(order).index("request_granted")


def test_the_timer_that_starts_with_the_last_parcel_stops_after_it(alice):
    order = make_order(alice, [make_product(), make_product()], status="paid")
    first, _second = order.items.order_by("pk")
    ship(order, {first: 1})
    make_request(first)

    ship_all(order)

    assert told(order)[-3:] == ["request_opened", "shipped", "frozen"]
