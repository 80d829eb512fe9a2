"""A cart's prices are those of the second (row H6)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cart.models import CartLine
from cart.tests.factories import make_line, make_variant
from cart.tests.pages import JSON, add, change, data, page
from catalog.services import settle_prices
from catalog.tests.factories import make_limited_price
from shop import clock

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
START, END = BEGIN + HOUR, BEGIN + 2 * HOUR
MOMENTS = [
    (START - SECOND, "100.00"),
    (START, "80.00"),
    (END - SECOND, "80.00"),
    (END, "100.00"),
]


@pytest.fixture
def moment():
    """When it is looked at; a test that looks at several moments overrides it."""
    return BEGIN


@pytest.fixture
def variant(moment):
    """Costs 100.00 since BEGIN, and 80.00 from START until END."""
    with clock.at(BEGIN):
        variant = make_variant(price="100.00")
        make_limited_price(variant, starts_at=START, ends_at=END)
    if moment >= END:
        # Somebody met it while it ran, so that the end has something to change.
        with clock.at(START):
            settle_prices(variant_ids=[variant.pk])
    return variant


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_the_cart_costs_what_it_costs_now(client, cart, variant, moment, price):
    make_line(cart, variant, price_when_added=Decimal(90))
    with clock.at(moment):
        html = page(client)
    assert data(html, "cart-total", "total") == [price]
    fell, rose = 'data-test="price-fell"' in html, 'data-test="price-rose"' in html
    assert (fell, rose) == (price == "80.00", price == "100.00")
    assert ("Saved" in html) == (price == "80.00")


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_so_does_the_json(client, cart, variant, moment, price):
    line = make_line(cart, variant)
    with clock.at(moment):
        answer = change(client, line, headers=JSON, quantity=2).json()
    total = str(2 * Decimal(price))
    assert (answer["line_total"], answer["cart_total"]) == (total, total)


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_a_line_remembers_the_price_it_was_added_at(client, variant, moment, price):
    with clock.at(moment):
        assert add(client, variant, headers=JSON).status_code == 200
    assert CartLine.objects.get().price_when_added == Decimal(price)
