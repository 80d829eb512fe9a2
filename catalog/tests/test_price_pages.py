"""Wherever a price is shown it is that of the second (rows H6, C4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from catalog import services
from catalog.models import Favourite, LimitedPrice, PricePeriod, Product
from catalog.tests.exchange.files import bring_in, exported, table
from catalog.tests.factories import make_limited_price, make_product, make_variant
from orders.tests.pages import marked
from shop import clock

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
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
def product(moment):
    """Costs 100.00 since BEGIN, and 80.00 from START until END."""
    with clock.at(BEGIN):
        product = make_product(price="100.00", list_price="150.00")
        make_limited_price(product.variants.get(), starts_at=START, ends_at=END)
    if moment >= END:
        # Somebody met it while it ran, so that the end has something to change.
        with clock.at(START):
            services.settle_products([Product.objects.get(pk=product.pk)])
    return product


def get(client, address, moment):
    with clock.at(moment):
        return client.get(address)


def prices_at(response, mark):
    return [tag["data-price"] for tag in marked(response, mark)]


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_product_detail_shows_the_price_of_the_second(client, product, moment, price):
    page = get(client, f"/en/p/{product.pk}/", moment)
    assert prices_at(page, "price") == [price]
    assert prices_at(page, "variant") == [price]
    struck = ["100.00"] if price == "80.00" else []
    assert prices_at(page, "struck-price") == struck
    assert len(marked(page, "limited-price")) == len(struck)


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
@pytest.mark.parametrize("address", ["/en/", "/en/c/computers/", "/en/search/"])
def test_cards_show_it(client, product, address, moment, price):
    page = get(client, address, moment)
    cards = prices_at(page, "product-card")
    assert cards
    assert set(cards) == {price}
    struck = set(prices_at(page, "struck-price"))
    assert struck == ({"100.00"} if price == "80.00" else set())


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_what_one_keeps_shows_it(as_alice, alice, product, moment, price):
    Favourite.objects.create(user=alice, product=product, price_when_added="100.00")
    [favourite] = prices_at(get(as_alice, "/en/favourites/", moment), "favourite")
    assert favourite == price


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_the_history_shows_it(client, product, moment, price):
    get(client, f"/en/p/{product.pk}/", BEGIN)
    [entry] = prices_at(get(client, "/en/history/", moment), "history-entry")
    assert entry == price


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_the_comparison_shows_it(client, product, moment, price):
    page = get(client, f"/en/compare/?p={product.pk}", moment)
    assert f"¥{price}" in page.text


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_a_heart_remembers_it(as_alice, product, moment, price):
    with clock.at(moment):
        as_alice.post(f"/en/p/{product.pk}/favourite/", {"on": "1"})
    assert Favourite.objects.get().price_when_added == Decimal(price)


def test_the_countdown_has_the_server_s_time(client, product):
    page = get(client, f"/en/p/{product.pk}/", START)
    [limited] = marked(page, "limited-price")
    assert limited["data-now"] == "2026-06-01T09:00:00+00:00"
    assert limited["data-ends-at"] == "2026-06-01T10:00:00+00:00"
    # Without JavaScript the moment is written out, in the shop's zone.
    assert "until 2026-06-01 18:00:00" in page.text


def test_a_list_price_is_not_struck(client, product):
    page = get(client, f"/en/p/{product.pk}/", BEGIN)
    assert marked(page, "struck-price") == []
    assert "<s " not in page.text
    assert prices_at(page, "list-price") == ["150.00"]


def test_the_lowest_price_of_30_days_and_the_history(client, product):
    page = get(client, f"/en/p/{product.pk}/", START)
    assert prices_at(page, "lowest-price") == ["100.00"]
    assert prices_at(page, "price-period") == ["80.00", "100.00"]
    after = get(client, f"/en/p/{product.pk}/", END)
    assert prices_at(after, "lowest-price") == ["80.00"]
    assert prices_at(after, "price-period") == ["100.00", "80.00", "100.00"]
    later = get(client, f"/en/p/{product.pk}/", END + 30 * DAY)
    assert prices_at(later, "lowest-price") == []
    assert marked(later, "price-history") == []


def test_a_list_asks_no_more_for_struck_prices(client, connection_queries):
    def queries():
        client.get("/en/c/computers/")  # settles what is due
        return connection_queries(lambda: client.get("/en/c/computers/"))

    def reduced():
        make_limited_price(make_product(price="100.00").variants.get())

    for _ in range(2):
        reduced()
    before = queries()
    for _ in range(18):
        reduced()
    assert queries() == before


def test_a_quiet_product_page_asks_nothing_of_the_history(
    client, connection_queries, product
):
    quiet = make_product()
    address = f"/en/p/{quiet.pk}/"
    client.get(address)
    with_history = make_product(price="100.00")
    make_limited_price(with_history.variants.get())
    client.get(f"/en/p/{with_history.pk}/")
    asked = connection_queries(lambda: client.get(f"/en/p/{with_history.pk}/"))
    assert connection_queries(lambda: client.get(address)) == asked - 2


def test_a_spreadsheet_carries_the_regular_price(product):
    with clock.at(BEGIN):
        make_variant(product=product, price="90.00")
        before = exported()
    with clock.at(START):
        assert [row["price"] for row in table(exported())] == ["100.00", "90.00"]
        rows = LimitedPrice.objects.values_list()
        limited, periods = list(rows), PricePeriod.objects.count()
        bring_in(exported())
        assert exported() == before
        assert list(LimitedPrice.objects.values_list()) == limited
        assert PricePeriod.objects.count() == periods


def test_a_spreadsheet_changes_the_regular_price_of_a_running_one(product):
    variant = product.variants.get()
    with clock.at(START):
        bring_in(f"code,price\r\n{variant.code},95\r\n".encode())
    variant.refresh_from_db()
    assert (variant.price, variant.regular_price) == (80, 95)
    ends = PricePeriod.objects.in_order().values_list("price", flat=True)
    assert list(ends) == [100, 80]
