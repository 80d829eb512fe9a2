"""Visitors' carts that nobody comes back to go away by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import make_user
from cart import services
from cart.models import Cart
from cart.tests.factories import make_cart, make_line
from shop import clock, due, policy

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = timedelta(days=30)
SECOND = timedelta(seconds=1)


def run(moment):
    return [error for _deed, error in due.run(moment, ["cleanup"])]


def test_a_visitors_cart_goes_once_it_is_old():
    old = make_cart(updated_at=NOON - DAYS)
    make_line(old)
    young = make_cart(updated_at=NOON - DAYS + SECOND)
    alices = make_cart(make_user(), updated_at=NOON - 10 * DAYS)
    assert run(NOON) == [None]
    assert set(Cart.objects.all()) == {young, alices}
    assert run(NOON) == []


def test_staff_say_how_long():
    policy.change("visitor_cart_days", "90")
    make_cart(updated_at=NOON - 3 * DAYS + SECOND)
    assert run(NOON) == []
    assert run(NOON + SECOND) == [None]


def test_whoever_comes_back_keeps_it():
    cart = make_cart(updated_at=NOON - DAYS)
    line = make_line(cart)
    [deed] = due.due_by(NOON, ["cleanup"])
    with clock.at(NOON):
        services.change(line=line, quantity=2)
    assert deed.do() is False
    assert Cart.objects.get() == cart


def test_the_command_does_it_once_for_many(connection_queries):
    for _ in range(3):
        make_line(make_cart(updated_at=NOON - DAYS))
    call_command("run_due", "--only", "cleanup", "--at", NOON.isoformat())
    assert not Cart.objects.exists()


def test_finding_them_does_not_grow_with_the_carts(connection_queries):
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make_cart(updated_at=NOON - DAYS)
        counts.append(connection_queries(lambda: due.due_by(NOON, ["cleanup"])))
    assert counts[0] == counts[1]
