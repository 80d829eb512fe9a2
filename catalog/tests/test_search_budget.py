"""So many searches of one network address within a minute; a flood is answered 429."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.test import Client

from catalog.tests.factories import make_product
from shop import clock, policy
from shop.models import RateCount

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)
JSON = {"Accept": "application/json"}
SUGGEST = "/search/suggest/?q=s"


@pytest.fixture(autouse=True)
def few():
    policy.change("searches_per_minute", "12")
    policy.change("suggestions_per_minute", "12")
    with clock.at(NOON):
        make_product(name_zh="极光手机")
        yield


def statuses(client, *addresses, **options):
    return [client.get(address, **options).status_code for address in addresses]


def searches(number, first=0):
    return [f"/search/?q=word{n}" for n in range(first, first + number)]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_flood_of_searches_is_refused(settings, client, keeps):
    settings.KEEP_PAGES = keeps
    assert statuses(client, *searches(14)) == [200] * 12 + [429] * 2
    page = client.get("/en/search/?q=more")
    assert page.status_code == 429
    assert page["Retry-After"] == "50"
    assert "Too many tries" in page.text
    refused = client.get("/en/search/?q=more", headers=JSON)
    assert refused["Retry-After"] == "50"
    body = refused.json()
    assert (refused.status_code, body["ok"]) == (429, False)
    assert body["error"] == "throttled"
    with clock.at(NOON + timedelta(seconds=50)):
        assert statuses(client, *searches(1)) == [200]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_flood_of_typing_is_refused(settings, client, keeps):
    settings.KEEP_PAGES = keeps
    asked = [f"{SUGGEST}{n}" for n in range(14)]
    assert statuses(client, *asked, headers=JSON) == [200] * 12 + [429] * 2
    refused = client.get(f"{SUGGEST}x", headers=JSON)
    assert (refused["Retry-After"], refused.json()["error"]) == ("50", "throttled")
    # Who typed too much may still search, and see what was searched most.
    assert statuses(client, "/search/?q=a", "/search/suggest/?q=") == [200, 302]


def test_other_addresses_and_pages_are_not_meant(client):
    statuses(client, *searches(13))
    assert statuses(client, "/", "/c/phones/") == [200, 200]
    assert statuses(Client(REMOTE_ADDR="203.0.113.7"), *searches(1)) == [200]


def test_neither_cookies_nor_headers_help(client):
    statuses(client, *searches(12))
    for number in range(3):
        forged = {"X-Forwarded-For": f"198.51.100.{number}"}
        assert statuses(Client(), *searches(1, number), headers=forged) == [429]


def test_an_ipv6_household_is_one_address():
    for number in range(12):
        client = Client(REMOTE_ADDR=f"2001:db8::{number + 1:x}")
        assert statuses(client, *searches(1, number)) == [200]
    assert statuses(Client(REMOTE_ADDR="2001:db8::ffff"), *searches(1)) == [429]
    assert statuses(Client(REMOTE_ADDR="2001:db8:1::1"), *searches(1)) == [200]


def test_what_is_kept_is_not_counted(settings, client, connection_queries):
    settings.KEEP_PAGES = True
    same = "/search/?q=极光"
    assert statuses(client, *[same] * 20) == [200] * 20
    asked = [SUGGEST] * 20
    assert statuses(client, *asked, headers=JSON) == [200] * 20
    assert connection_queries(lambda: client.get(same)) == 1


def test_counting_costs_a_search_no_query(settings, client, connection_queries):
    policy.change("searches_per_minute", "1200")
    settings.KEEP_PAGES = True
    client.get("/search/?q=极光")
    caches["pages"].clear()
    assert connection_queries(lambda: client.get("/search/?q=极光")) <= 7
    assert not RateCount.objects.exists()


def test_a_new_number_holds_at_once(settings, client):
    settings.KEEP_PAGES = True
    statuses(client, *searches(13))
    policy.change("searches_per_minute", "14")
    assert statuses(client, *searches(3, 20)) == [200, 200, 429]
