"""The till charges the price of the second, and never another than it showed (H6)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.tests.factories import make_address
from cart.tests.factories import make_cart, make_line
from catalog.services import settle_prices
from catalog.tests.factories import make_limited_price, make_product
from orders.models import Order, OrderItem
from orders.tests.pages import JSON, field, marked
from shop import clock

pytestmark = pytest.mark.django_db

CHECKOUT = "/en/checkout/"
BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
START, END = BEGIN + HOUR, BEGIN + 2 * HOUR
MOMENTS = [
    (START - SECOND, 200),
    (START, 160),
    (END - SECOND, 160),
    (END, 200),
]


@pytest.fixture
def moment():
    """When it is looked at; a test that looks at several moments overrides it."""
    return BEGIN


@pytest.fixture
def variant(alice, moment):
    """Costs 100.00 since BEGIN, and 80.00 from START until END; Alice ticked two."""
    with clock.at(BEGIN):
        variant = make_product(price="100.00").variants.get()
        make_limited_price(variant, starts_at=START, ends_at=END)
    if moment >= END:
        # Somebody met it while it ran, so that the end has something to change.
        with clock.at(START):
            settle_prices(variant_ids=[variant.pk])
    make_address(alice, default_of=alice)
    make_line(make_cart(alice), variant=variant, quantity=2)
    return variant


def page_at(client, moment, address=CHECKOUT):
    with clock.at(moment):
        return client.get(address)


def send(client, page, moment, address=CHECKOUT, **options):
    fields = {name: field(page, name) for name in ("token", "total_shown")}
    fields["address"] = page.context["form"].initial["address"].pk
    with clock.at(moment):
        return client.post(address, fields, **options)


@pytest.mark.parametrize(("moment", "total"), MOMENTS)
def test_the_page_shows_and_the_order_keeps_it(as_alice, variant, moment, total):
    page = page_at(as_alice, moment)
    [shown] = marked(page, "checkout-total")
    assert Decimal(shown["data-total"]) == total
    assert send(as_alice, page, moment).status_code == 302
    order = Order.objects.get()
    assert (order.total_amount, order.placed_at) == (total, moment)
    assert order.items.get().unit_price == total / 2
    with clock.at(moment):
        call_command("audit")


@pytest.mark.parametrize(("before", "after"), [(START, 160), (END, 200)])
@pytest.mark.parametrize("is_bought_now", [False, True])
def test_a_price_that_changes_between_page_and_order_is_shown_anew(
    as_alice, variant, before, after, is_bought_now
):
    address = (
        f"{CHECKOUT}?variant={variant.pk}&quantity=2" if is_bought_now else CHECKOUT
    )
    page = page_at(as_alice, before - SECOND, address)
    refused = send(as_alice, page, before, address, headers=JSON)
    assert refused.json()["error"] == "total_changed"
    again = send(as_alice, page, before, address, follow=True)
    assert not Order.objects.exists()
    assert marked(again, "message")[0]["data-level"] == "error"
    assert Decimal(field(again, "total_shown")) == after
    send(as_alice, again, before, address)
    assert Order.objects.get().total_amount == after


def test_an_order_keeps_its_price_when_the_limited_one_ends(as_alice, variant):
    send(as_alice, page_at(as_alice, END - SECOND), END - SECOND)
    page_at(as_alice, END)
    assert OrderItem.objects.get().unit_price == 80


def test_nobody_had_to_look_before(as_alice, variant):
    """Placement settles by itself: no page was met since the price began."""
    page = page_at(as_alice, START - SECOND)
    with clock.at(START):
        fields = {"token": field(page, "token"), "total_shown": "160.00"}
        fields["address"] = page.context["form"].initial["address"].pk
        as_alice.post(CHECKOUT, fields)
    assert Order.objects.get().total_amount == 160
