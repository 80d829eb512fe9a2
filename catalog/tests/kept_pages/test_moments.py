"""Kept pages end when the clock, an order or a late commit changes them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from catalog import services, versions
from catalog.models import Banner, CatalogChange, Companion, Product, Variant
from catalog.services import settling
from catalog.tests.factories import make_limited_price, make_product
from catalog.tests.kept_pages.visits import (
    NOW,
    YESTERDAY,
    addresses,
    body,
    is_hit,
    without_tokens,
)
from catalog.views import pages
from orders.tests.factories import buyer, make_order
from shop import clock, due, kept_pages
from shop.kept import KeptText

pytestmark = pytest.mark.django_db


def test_a_product_comes_on_the_shelf_by_the_clock(product):
    with clock.at(NOW):
        at = NOW + timedelta(seconds=60)
        make_product(category=2, on_shelf_at=at, name_zh="极光明天")
        services.note_change()
        for address in addresses(product)[:3]:
            assert "极光明天" not in body(Client(), address)
    with clock.at(at):
        for address in addresses(product)[:3]:
            assert "极光明天" in body(Client(), address)


def test_a_price_begins_and_ends_by_the_clock(product):
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    addresses_of_prices = [*addresses(product)[1:3], f"/p/{product.pk}/"]
    with clock.at(NOW):
        variant = product.variants.get()
        make_limited_price(variant, price=Decimal(66), starts_at=start, ends_at=end)
    for moment, is_limited in (
        (NOW, False),
        (start - timedelta(seconds=1), False),
        (start, True),
        (end - timedelta(seconds=1), True),
        (end, False),
    ):
        with clock.at(moment):
            for address in addresses_of_prices:
                for _round in range(2):
                    html = body(Client(), address)
                    marks = ("price", "product-card")  # not those of its history
                    prices = re.findall(
                        r'data-test="([a-z-]+)"[^>]* data-price="66', html
                    )
                    shows_it = any(mark in prices for mark in marks)
                    assert shows_it == is_limited, (address, moment)


def hits(html):
    """Return the products of a list in their order, without what it recommends."""
    listed, *_recommended = html.split('data-test="guess-you-like"')
    return [int(pk) for pk in re.findall(r'data-product-id="(\d+)"', listed)]


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("address", ["/c/phones/?", "/search/?q=极光&"])
def test_lists_find_and_sort_by_the_price_of_this_second(
    product, settings, address, is_kept
):
    """No runner has come by, and no page has shown the product yet (row H6)."""
    settings.KEEP_PAGES = is_kept
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    second = timedelta(seconds=1)
    with clock.at(NOW):
        make_product(category=2, name_zh="极光便宜", price="90.00")
        variant = product.variants.get()
        make_limited_price(variant, price=Decimal(66), starts_at=start, ends_at=end)
    for moment, is_limited in (
        (start - second, False),
        (start, True),
        (end - second, True),
        (end, False),
    ):
        with clock.at(moment):
            found = hits(body(Client(), f"{address}max_price=70"))
            assert found == ([product.pk] if is_limited else [])
            cheapest, *_rest = hits(body(Client(), f"{address}sort=price"))
            assert (cheapest == product.pk) == is_limited


def test_prices_that_a_dead_runner_left_are_changed_in_batches(monkeypatch):
    monkeypatch.setattr(settling, "BATCH", 2)
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=5)
    with clock.at(NOW):
        for _number in range(5):
            variant = make_product(category=2, price="100.00").variants.get()
            make_limited_price(variant, price=Decimal(66), starts_at=soon)
    with clock.at(later):
        late = Variant.objects.filter(price_due_at__lte=later)
        left = []
        for page in range(3):
            body(Client(), f"/c/phones/?max_price={1000 + page}")
            left.append(late.count())
    # A visitor's page settles what it shows as well.
    assert left[0] <= 3
    assert left[-1] == 0


def test_a_banner_comes_and_goes_by_the_clock(product):
    start, end = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    Banner.objects.create(
        title_zh="开学季",
        stem_zh="banners/aa/zh",
        category=product.category,
        starts_at=start,
        ends_at=end,
    )
    for moment, is_there in ((NOW, False), (start, True), (end, False)):
        with clock.at(moment):
            for _round in range(2):
                assert ("开学季" in body(Client(), "/")) == is_there


def test_who_bought_lately_has_lists_of_the_own(product, as_alice, alice):
    bought = make_product(category=2, on_shelf_at=YESTERDAY)
    services.note_purchase(user_id=alice.pk, product_ids=[bought.pk], at=clock.now())
    address = "/c/phones/?min_price=9999"
    mark = f'data-product-id="{bought.pk}"'
    for _round in range(2):
        assert mark in body(Client(), address)
        assert mark not in body(as_alice, address)


def test_units_are_free_the_second_an_order_is_overdue():
    product = make_product(category=2, stock=2, on_shelf_at=YESTERDAY)
    with clock.at(NOW):
        make_order(buyer(), product, status="pending_payment")
        pay_by = product.variants.get().held_until
        assert 'data-stock="1"' in body(Client(), f"/p/{product.pk}/")
    with clock.at(pay_by - timedelta(seconds=1)):
        assert 'data-stock="1"' in body(Client(), f"/p/{product.pk}/")
    with clock.at(pay_by):
        assert 'data-stock="2"' in body(Client(), f"/p/{product.pk}/")


def test_an_order_changes_the_number_left_but_not_the_page(
    product, as_alice, connection_queries
):
    """The page of a product lives on, and says what is left; lists are made anew."""
    other = make_product(category=2, on_shelf_at=YESTERDAY)
    services.set_stock(variant=product.variants.get(), stock=50, by_id=None)
    Companion.objects.create(product=other, other=product)
    shown = {each.pk: f"/p/{each.pk}/" for each in (product, other)}
    for address in [*shown.values(), "/c/phones/"]:
        body(Client(), address)
    make_order(buyer(), product, 8, status="pending_payment")
    for client in (Client(), as_alice):
        html = body(client, shown[product.pk])
        assert 'data-test="stock" data-stock="42"' in html
        assert 'max="42"' in html
        card = re.search(
            rf'data-product-id="{product.pk}"[^>]*', body(client, shown[other.pk])
        )
        assert 'data-stock="42"' in card[0]
    assert is_hit(Client(), shown[product.pk], connection_queries)
    assert not is_hit(Client(), "/c/phones/", connection_queries)


def test_the_last_unit_ends_the_page(product, settings):
    address = f"/p/{product.pk}/"
    services.set_stock(variant=product.variants.get(), stock=2, by_id=None)
    for quantity, mark in ((1, "add-to-cart"), (1, "InStock")):
        assert mark in body(Client(), address)
        make_order(buyer(), product, quantity, status="pending_payment")
    sold_out = body(Client(), address)
    assert "OutOfStock" in sold_out
    settings.KEEP_PAGES = False
    assert without_tokens(sold_out) == without_tokens(body(Client(), address))


def test_a_late_commit_of_a_lower_id_is_another_version():
    CatalogChange.objects.create(pk=100)
    CatalogChange.objects.create(pk=103)
    before = str(versions.read())
    CatalogChange.objects.create(pk=101)
    assert str(versions.read()) != before


def test_only_changes_that_no_version_counts_are_forgotten():
    old = clock.now() - timedelta(hours=2)
    for pk in (1, 2, 1500, 2000):
        CatalogChange.objects.create(pk=pk, changed_at=old)
    before = str(versions.read())
    for _deed in due.run(clock.now(), ["forget_changes"]):
        pass
    assert list(CatalogChange.objects.values_list("pk", flat=True)) == [1500, 2000]
    assert str(versions.read()) == before


def test_what_changes_while_a_page_is_made_ends_it(product, monkeypatch):
    """A product that comes on the shelf after the page's products were read."""
    read = versions.good_until
    with clock.at(NOW):
        at = NOW + timedelta(seconds=1)
        make_product(category=2, on_shelf_at=at, name_zh="极光明天")

    def late(request, *others):
        with clock.at(at):
            return read(request, *others)

    monkeypatch.setattr(pages, "good_until", late)
    with clock.at(NOW):
        assert "极光明天" not in body(Client(), "/c/phones/")
    with clock.at(at):
        assert "极光明天" in body(Client(), "/c/phones/")


def test_a_page_is_not_shown_after_its_moment(product):
    page = kept_pages.KeptPage(KeptText(("",), ()), kept_pages.Keep(NOW, None))
    with clock.at(NOW - timedelta(seconds=1)):
        assert not page.is_over()
    with clock.at(NOW):
        assert page.is_over()


def test_completed_words_are_kept_until_something_changes(client, settings):
    settings.KEEP_PAGES = True
    cache.clear()
    product = make_product(name_en="Glow lantern")

    def suggested():
        response = client.get(
            "/en/search/suggest/?q=glow", headers={"accept": "application/json"}
        )
        return [each["text"] for each in response.json()["suggestions"]]

    assert "Glow lantern" in suggested()
    Product.objects.filter(pk=product.pk).update(name_en="Past the services")
    assert "Glow lantern" in suggested()
    services.product_changed(product_ids=[product.pk])
    assert "Past the services" not in suggested()
    assert "Glow lantern" not in suggested()


def test_all_pages_of_a_category_find_its_order_once_a_version(
    product, connection_queries
):
    for number in range(30):
        make_product(category=2, name_en=f"Phone {number}")
    services.note_change()
    Client().get("/c/phones/")
    # The version, what else one may like, and the cards.
    assert connection_queries(lambda: Client().get("/c/phones/?page=2")) == 3
    make_product(category=2, name_zh="新来的手机", sales_count=9)
    services.note_change()
    assert "新来的手机" in body(Client(), "/c/phones/")
