"""The sales of the last thirty days, and of all time (row H2)."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from catalog.models import Product
from catalog.tests.factories import make_product
from orders.models import SalesCount
from orders.services import sales
from orders.tests.factories import make_order, receive
from orders.tests.pages import marked
from shop import clock, due

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return clock.now().replace(microsecond=0)


def offer(stock=100, **changes):
    long_ago = clock.now() - 100 * DAY
    return make_product(stock=stock, on_shelf_at=long_ago, **changes)


def sell(product, units, at):
    with clock.at(at):
        order = make_order(lines=product, quantity=units, status="shipped")
        receive(order.items.get())


def sold(product):
    product.refresh_from_db()
    return product.sales_count, product.sales_30d


def run(moment):
    """Run the clock; return how often sales were refreshed."""
    with clock.at(moment):
        done = [str(d) for d, error in due.run(moment, only=["refresh"]) if not error]
    return done.count("refresh_sales - -")


def rebuilt(product):
    call_command("rebuild", "sales")
    return sold(product)


def test_the_product_s_page_says_both(client, now):
    product = offer()
    page = product.get_absolute_url()
    assert "in the last 30 days" not in client.get(f"/en{page}").text
    sell(product, 2, now - 31 * DAY)
    sell(product, 3, now - 29 * DAY)
    run(now)
    shown = client.get(f"/en{page}")
    [sales_of] = marked(shown, "sales")
    assert (sales_of["data-count"], sales_of["data-lately"]) == ("5", "3")
    assert "5 sold, 3 in the last 30 days" in shown.text


def test_what_is_older_than_thirty_days_leaves_the_month(now):
    product = offer()
    sell(product, 2, now - 31 * DAY)
    sell(product, 3, now - 29 * DAY)
    assert sold(product) == (5, 5)
    assert run(now) == 1
    assert sold(product) == (5, 3)
    assert run(now + 2 * DAY) == 1
    assert sold(product) == (5, 0)
    call_command("audit")


def test_once_a_day_is_enough(now):
    product = offer()
    for hours in (31 * 24, 30 * 24 - 1, 30 * 24 - 2):
        sell(product, 1, now - timedelta(hours=hours))
    assert run(now) == 1
    assert run(now + timedelta(hours=23)) == 0
    assert sold(product) == (3, 2)
    assert run(now + DAY) == 1
    assert sold(product) == (3, 0)


def test_a_day_on_which_nothing_grows_old_has_nothing_to_do(now):
    assert run(now) == 0
    sell(offer(), 1, now)
    assert run(now + 29 * DAY) == 0
    assert run(now + 30 * DAY) == 1


def test_the_opening_balance_stays_on_top(now):
    product = offer(
        sales_count=50,
        sales_30d=7,
        opening_sales_count=50,
        opening_sales_30d=7,
    )
    sell(product, 2, now - 31 * DAY)
    assert sold(product) == (52, 9)
    run(now)
    assert sold(product) == (52, 7)
    assert rebuilt(product) == (52, 7)


def test_the_opening_balance_of_a_month_is_over_after_a_month(now):
    opening = {"sales_count": 50, "sales_30d": 7}
    opening |= {f"opening_{name}": number for name, number in opening.items()}
    product = offer(**opening, opening_counted_at=now)
    stays = offer(**opening)
    sell(product, 2, now + DAY)
    run(now + 30 * DAY - timedelta(seconds=1))
    assert sold(product) == (52, 9)
    for _again in range(2):
        run(now + 30 * DAY)
        assert (sold(product), sold(stays)) == ((52, 2), (50, 7))
    assert rebuilt(product) == (52, 2)
    call_command("audit")


def test_a_receipt_that_comes_late_counts_for_its_own_month(now):
    """A clock that stood still for long receives as of when it was due."""
    first, late = offer(), offer()
    sell(first, 1, now - 31 * DAY)
    run(now)
    sell(late, 1, now - 30 * DAY)
    assert sold(late) == (1, 0)
    call_command("audit")
    assert rebuilt(late) == (1, 0)


@pytest.mark.parametrize("days", [0, 1, 29, 30, 31, 60, 75])
def test_rebuilding_finds_what_is_there(now, days):
    product = offer()
    for age in (0, 3, 15, 29, 30, 31, 45):
        sell(product, 1 + age % 4, now - age * DAY)
    moment = now + days * DAY
    run(moment)
    live = sold(product)
    with clock.at(moment):
        assert rebuilt(product) == live
        call_command("audit")


def test_the_audit_finds_and_mends_a_wrong_month(now, capsys):
    product = offer()
    sell(product, 1, now)
    Product.objects.update(sales_30d=9)
    with pytest.raises(CommandError):
        call_command("audit")
    assert f"sales catalog.Product {product.pk}: is 9, should be 1" in (
        capsys.readouterr().out
    )
    call_command("audit", "--fix")
    assert sold(product) == (1, 1)


def test_two_runners_refresh_once(now):
    sell(offer(), 1, now - 31 * DAY)
    assert sales.refresh(now)
    assert not sales.refresh(now)


def test_refreshing_counts_again_only_what_grew_old(now):
    sell(offer(), 1, now - 31 * DAY)
    untouched = offer()
    sell(untouched, 1, now)
    Product.objects.filter(pk=untouched.pk).update(sales_30d=77)
    assert run(now) == 1
    assert sold(untouched) == (1, 77)


@pytest.mark.parametrize("pk", [0, 2])
def test_there_is_one_row_whoever_writes(now, pk):
    with pytest.raises(IntegrityError), transaction.atomic():
        SalesCount.objects.create(pk=pk, counted_at=now)
