"""Kept pages are the same for all, and personal where they must be."""

import re
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.tests.factories import make_alice, make_staff
from catalog import services
from catalog.models import CatalogChange, HistoryEntry, Product, SearchCount
from catalog.search import log
from catalog.tests.factories import make_product, make_spec
from catalog.tests.kept_pages.visits import (
    TOKEN,
    addresses,
    body,
    is_hit,
    without_tokens,
)
from orders.tests.factories import buyer

pytestmark = pytest.mark.django_db


def test_the_next_visitor_gets_the_kept_page(product, connection_queries):
    for address in addresses(product):
        first = body(Client(), address)
        assert is_hit(Client(), address, connection_queries), address
        assert without_tokens(body(Client(), address)) == without_tokens(first)


@pytest.mark.parametrize(
    "address",
    ["/c/phones/", "/search/?q=极光", "/search/?q=极光&in_stock=1&spec=ram_gb:8"],
)
def test_a_list_made_anew_asks_little(product, address, connection_queries):
    """What is known of all products is asked for once, not for each page."""
    make_spec(product=product, key="ram_gb", number=Decimal(8))
    body(Client(), address)
    caches["pages"].clear()
    assert connection_queries(lambda: Client().get(address)) <= 6
    services.note_change()
    # What a version knows: its categories, specifications and what is due next.
    assert connection_queries(lambda: Client().get(address)) <= 12


def test_a_kept_page_is_what_a_page_made_anew_is(product, settings, as_alice):
    as_alice.post(f"/p/{product.pk}/favourite/", {"on": "1"})
    as_alice.post("/compare/pick/", {"product": product.pk})
    as_alice.post("/cart/add/", {"variant": product.variants.get().pk})
    as_alice.get("/cart/")
    for prefix in ("", "/en"):
        for address in addresses(product):
            kept = [body(as_alice, prefix + address) for _ in range(2)]
            settings.KEEP_PAGES = False
            anew = without_tokens(body(as_alice, prefix + address))
            settings.KEEP_PAGES = True
            assert [without_tokens(each) for each in kept] == [anew, anew], address


def test_visitors_never_see_each_other(product):
    alice, bob = make_alice(nickname="AliceInChains"), buyer(nickname="BobTheStranger")
    clients = {"": Client(), "AliceInChains": Client(), "BobTheStranger": Client()}
    clients["AliceInChains"].force_login(alice)
    clients["BobTheStranger"].force_login(bob)
    variant = product.variants.get().pk
    clients["AliceInChains"].post("/cart/add/", {"variant": variant, "quantity": 3})
    clients["AliceInChains"].post(f"/p/{product.pk}/favourite/", {"on": "1"})
    clients["BobTheStranger"].post("/compare/pick/", {"product": product.pk})
    seen_tokens = set()
    for address in addresses(product):
        for _round in range(2):
            for name, client in clients.items():
                html = body(client, address)
                names = {n for n in clients if n and n in html}
                assert names == ({name} if name else set())
                assert ('data-count="3"' in html) == (name == "AliceInChains")
                assert (f'data-favourites="{product.pk}"' in html) == (
                    name == "AliceInChains"
                )
                tray = re.search(r'data-test="compare-tray" data-count="(\d)"', html)
                assert tray[1] == ("1" if name == "BobTheStranger" else "0")
                tokens = set(TOKEN.findall(html))
                assert len(tokens) == 1
                assert not tokens & seen_tokens
                seen_tokens |= tokens


def test_the_heart_of_a_kept_product_is_ones_own(product, as_alice):
    as_alice.post(f"/p/{product.pk}/favourite/", {"on": "1"})
    address = f"/p/{product.pk}/"
    for _round in range(2):
        assert 'aria-pressed="true"' in body(as_alice, address)
        assert 'aria-pressed="true"' not in body(Client(), address)


def test_messages_are_shown_once_and_kept_for_nobody(product):
    body(Client(), "/")
    client = Client()
    client.post("/cart/add/", {"variant": product.variants.get().pk})
    assert 'data-test="message"' in body(client, "/")
    assert 'data-test="message"' not in body(client, "/")
    assert 'data-test="message"' not in body(Client(), "/")


def test_the_token_of_a_kept_page_lets_its_own_visitor_post(product, plain_client):
    address = f"/p/{product.pk}/"
    body(Client(), address)
    (token,) = set(TOKEN.findall(body(plain_client, address)))
    wish = {"variant": product.variants.get().pk, "csrfmiddlewaretoken": token}
    assert plain_client.post("/cart/add/", wish).status_code == 302
    stranger = Client(enforce_csrf_checks=True)
    body(stranger, address)
    assert stranger.post("/cart/add/", wish).status_code == 403


def test_headers_that_are_not_in_the_key_change_nothing(product):
    odd = {
        "Accept": "application/json",
        "HX-Request": "true",
        "X-Forwarded-Host": "evil.example",
        "Referer": "https://evil.example/",
        "Accept-Language": "en",
    }
    for address in addresses(product)[1:]:
        odd_client = Client(headers=odd)
        odd_client.cookies["compare"] = f"{product.pk}"
        body(odd_client, address)
        after_it = without_tokens(body(Client(), address))
        assert "evil" not in after_it
        caches["pages"].clear()
        assert without_tokens(body(Client(), address)) == after_it


def test_a_host_neither_poisons_nor_is_let_in(product, settings):
    settings.ALLOWED_HOSTS = ["testserver", "shop.example"]
    one = body(Client(headers={"host": "shop.example"}), "/c/phones/")
    other = body(Client(), "/c/phones/")
    assert "http://shop.example/c/phones/" in one
    assert "shop.example" not in other
    assert Client(headers={"host": "evil.example"}).get("/c/phones/").status_code == 400
    assert "evil.example" not in body(Client(), "/c/phones/")


def test_languages_and_schemes_are_kept_apart(product):
    assert "极光手机" in body(Client(), f"/p/{product.pk}/")
    assert "Aurora phone" in body(Client(), f"/en/p/{product.pk}/")
    assert "Aurora phone" not in body(Client(), f"/p/{product.pk}/")
    secure = Client().get("/", secure=True).content.decode()
    assert 'href="https://testserver/' in secure
    assert 'href="http://testserver/' in body(Client(), "/")


def test_the_order_of_a_query_is_ones_own(product):
    for query in ("q=极光&sort=price", "sort=price&q=极光"):
        html = body(Client(), f"/search/?{query}")
        assert html.count(f'data-product-id="{product.pk}"') == 1


def test_errors_and_long_addresses_are_never_kept(product, connection_queries):
    address = f"/p/{product.pk + 1}/"
    assert Client().get(address).status_code == 404
    made = make_product(category=2)
    assert made.pk == product.pk + 1
    CatalogChange.objects.all().delete()
    assert Client().get(address).status_code == 200
    long = "/c/phones/?x=" + "y" * 600
    body(Client(), long)
    assert not is_hit(Client(), long, connection_queries)


def test_previews_of_staff_are_kept_for_nobody(product):
    hidden = make_product(category=2, status=Product.Status.DRAFT)
    staff = Client()
    staff.force_login(make_staff("catalogue"))
    for _round in range(2):
        assert 'data-test="preview"' in body(staff, f"/p/{hidden.pk}/")
        assert Client().get(f"/p/{hidden.pk}/").status_code == 404


def test_a_kept_page_counts_searches_and_remembers_looks(product, as_alice, alice):
    log._waiting.clear()
    for client in (Client(), Client(), as_alice):
        answer = client.get("/search/?q=极光")
        assert "searches" in answer.cookies
        answer = client.get(f"/p/{product.pk}/")
        assert ("history" in answer.cookies) == (client is not as_alice)
    log.write()
    assert SearchCount.objects.get(word="极光").count == 3
    assert HistoryEntry.objects.of(alice.pk).count() == 1


def test_own_searches_are_ones_own():
    client = Client()
    client.get("/search/?q=secretword")
    assert "secretword" in body(client, "/search/")
    assert "secretword" not in body(Client(), "/search/")


def test_pages_may_be_made_anew_each_time(product, settings, connection_queries):
    settings.KEEP_PAGES = False
    body(Client(), "/")
    Product.objects.filter(pk=product.pk).update(name_zh="别名")
    assert "别名" in body(Client(), "/")
