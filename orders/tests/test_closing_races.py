"""An account is closed while its owner orders: never both (row A11)."""

import threading
from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.services.closing import close_account
from accounts.tests.factories import make_place, make_user
from accounts.tests.parallel import at_once, in_processes, outcome
from catalog.models import Variant
from catalog.tests.factories import make_product
from orders.lines import Line, totals_of
from orders.models import Order
from orders.services import placement
from orders.services.placement import Checkout, place_order
from shop import personal
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def checkout(user, variant):
    goods, freight = totals_of([Line(variant, 1)])
    return Checkout(
        user=user,
        token="a-token",
        place=make_place(),
        total_shown=goods + freight,
        language="en",
        buy_now={variant.pk: 1},
    )


def test_an_order_and_a_closing_at_once_in_processes(many):
    pairs = many(quick=6, thorough=60)
    variant = make_product(stock=1000).variants.get()
    people = [make_user() for _ in range(pairs)]
    orders = [checkout(person, variant) for person in people]

    def deed(n):
        if n % 2:
            return outcome(lambda: place_order(orders[n // 2]))
        return outcome(lambda: close_account(user=people[n // 2]))

    results = Counter(in_processes(deed, 2 * pairs))
    assert set(results) <= {"done", "account_closed", "cannot_close"}
    assert results["done"] == pairs
    for person in User.objects.all():
        has_order = Order.objects.filter(user=person).exists()
        assert has_order != person.is_closed
    call_command("audit")


def test_an_order_begun_before_the_closing_is_seen_by_it(monkeypatch):
    """The order is written, but not there for others yet, when the closing begins."""
    variant = make_product().variants.get()
    alice = make_user()
    written, go_on = threading.Event(), threading.Event()
    read_lines = placement._read_lines

    def wait_a_moment(*args):
        written.set()
        go_on.wait(5)
        return read_lines(*args)

    monkeypatch.setattr(placement, "_read_lines", wait_a_moment)

    def close():
        written.wait(5)
        # Let the order go on once we wait for it; without a lock we are done by then.
        threading.Timer(0.5, go_on.set).start()
        return outcome(lambda: close_account(user=alice))

    order = checkout(alice, variant)
    results = at_once(lambda: outcome(lambda: place_order(order)), close)
    assert results == ["done", "cannot_close"]


def test_an_order_begun_after_the_closing_is_refused(monkeypatch):
    """The closing has looked for orders, but is not there for others yet."""
    variant = make_product().variants.get()
    alice = make_user()
    looked, go_on = threading.Event(), threading.Event()
    make_nameless = personal.make_nameless

    def wait_a_moment(user):
        looked.set()
        go_on.wait(5)
        make_nameless(user)

    monkeypatch.setattr(personal, "make_nameless", wait_a_moment)
    order = checkout(alice, variant)

    def place():
        looked.wait(5)
        threading.Timer(0.5, go_on.set).start()
        return outcome(lambda: place_order(order))

    results = at_once(lambda: outcome(lambda: close_account(user=alice)), place)
    assert results == ["done", "account_closed"]
    assert not Order.objects.exists()
    assert Variant.objects.get().stock == variant.stock


def test_five_clicks_close_it_once():
    alice = make_user()
    results = at_once(*[lambda: outcome(lambda: close_account(user=alice))] * 5)
    assert results == ["done"] * 5
    assert OutgoingMessage.objects.filter(kind="account_closed").count() == 1
