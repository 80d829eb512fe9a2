"""What somebody has looked at (row B10)."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as shop_settings
from django.contrib.auth.models import Permission
from django.core import signing
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import QuerySet
from django.test import Client

from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.parallel import in_processes
from catalog import browsing
from catalog.models import HistoryEntry, Product, StockEntry
from catalog.services import history
from catalog.tests.factories import make_product, make_variant
from shop import clock

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
COOKIE = shop_settings.HISTORY_COOKIE_NAME


@pytest.fixture(params=["visitor", "account"])
def shopper(request, client):
    if request.param == "account":
        client.force_login(make_user())
    return client


def look(client, *products, **more):
    for product in products:
        assert client.get(f"/en/p/{product.pk}/", **more).status_code == 200


def seen(client):
    html = client.get("/en/history/").text
    rows = re.findall(r'data-test="history-entry" data-product-id="(\d+)"', html)
    return [int(pk) for pk in rows]


def keys(*products):
    return [product.pk for product in products]


def test_the_newest_look_comes_first_and_each_product_once(shopper):
    one, two, three = (make_product() for _ in range(3))
    look(shopper, one, two, three, one)
    assert seen(shopper) == keys(one, three, two)


def test_fifty_are_kept(shopper):
    products = [make_product() for _ in range(53)]
    look(shopper, *products)
    assert seen(shopper) == keys(*products[:2:-1])
    assert HistoryEntry.objects.count() in (0, 50)


def test_the_list_shows_todays_price_and_stock(shopper):
    product, gone, hidden = make_product(), make_product(stock=0), make_product()
    look(shopper, hidden, gone, product)
    Product.objects.filter(pk=hidden.pk).update(status=Product.Status.OFF_SHELF)
    Product.objects.filter(pk=product.pk).update(price="77.00", stock=3)
    rows = shopper.get("/en/history/").text.split('data-test="history-entry"')[1:]
    assert 'data-price="77.00" data-stock="3"' in rows[0]
    assert "Sold out" in rows[1]
    assert "off the shelf" in rows[2]
    assert f'href="/en/p/{hidden.pk}/"' not in rows[2]


def test_a_product_that_is_gone_is_left_out(shopper):
    product, other = make_product(), make_product()
    look(shopper, product, other)
    QuerySet(StockEntry).filter(variant__product=other).delete()
    other.variants.all().delete()
    other.delete()
    assert seen(shopper) == keys(product)


@pytest.mark.parametrize("as_json", [False, True])
def test_one_or_all_can_be_forgotten(shopper, as_json):
    one, two, three = (make_product() for _ in range(3))
    look(shopper, one, two, three)
    headers = JSON if as_json else {}
    response = shopper.post("/history/clear/", {"product": two.pk}, headers=headers)
    assert response.status_code == (200 if as_json else 302)
    assert seen(shopper) == keys(three, one)
    shopper.post("/history/clear/", headers=headers)
    assert seen(shopper) == []
    assert 'data-test="no-history"' in shopper.get("/history/").text


@pytest.mark.parametrize("product", ["", "abc", "-1", "1.5", "9" * 30, "1 OR 1=1"])
def test_what_is_no_product_forgets_nothing(shopper, product):
    there = make_product()
    look(shopper, there)
    fields = {"product": product}
    response = shopper.post("/history/clear/", fields, headers=JSON)
    assert response.status_code == 400
    assert seen(shopper) == keys(there)


def test_forgetting_needs_a_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    look(client, make_product())
    assert client.post("/history/clear/").status_code == 403
    assert len(seen(client)) == 1
    assert client.get("/history/clear/").status_code == 405


def test_a_strangers_history_is_not_seen_or_touched(as_alice, as_bob):
    product = make_product()
    look(as_alice, product)
    assert seen(as_bob) == []
    as_bob.post("/history/clear/", {"product": product.pk})
    as_bob.post("/history/clear/")
    assert seen(as_alice) == keys(product)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_a_page_fetched_ahead_is_no_look(shopper, headers):
    look(shopper, make_product(), headers=headers)
    assert seen(shopper) == []


def test_asking_for_the_head_is_no_look(shopper):
    shopper.head(f"/p/{make_product().pk}/")
    assert seen(shopper) == []


def test_a_preview_is_no_look(client):
    carol = make_user(is_staff=True)
    carol.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(carol)
    look(client, make_product(status=Product.Status.DRAFT))
    assert not HistoryEntry.objects.exists()


def test_other_pages_write_nothing(shopper):
    make_product(category=2)
    for path in ("/", "/c/phones/", "/search/?q=x", "/history/", "/compare/"):
        assert COOKIE not in shopper.get(path).cookies
    assert not HistoryEntry.objects.exists()


# A visitor's cookie


def test_the_cookie_is_closed_to_scripts_and_sent_only_when_it_changes(
    client, settings
):
    settings.SESSION_COOKIE_SECURE = True
    product = make_product()
    cookie = client.get(f"/p/{product.pk}/").cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
    assert not cookie["domain"]
    assert COOKIE not in client.get(f"/p/{product.pk}/").cookies


def test_the_cookie_fits_into_a_browser(client):
    ids = [2**63 - 1 - n for n in range(80)]
    client.cookies[COOKIE] = signing.dumps(ids, salt=browsing.SALT)
    cookie = client.get(f"/p/{make_product().pk}/").cookies[COOKIE]
    assert len(cookie.OutputString()) < 2500


@pytest.mark.parametrize(
    "cookie", ["", "x", "WzFd:x:y", "[1]", "é", "a" * 5000, "::", "W10:1:1"]
)
def test_a_forged_cookie_is_an_empty_history(client, cookie):
    product = make_product()
    client.cookies[COOKIE] = cookie
    assert seen(client) == []
    look(client, product)
    assert seen(client) == keys(product)


def test_a_cookie_signed_for_something_else_is_forged(client):
    product = make_product()
    client.cookies[COOKIE] = signing.dumps([product.pk], salt="another")
    assert seen(client) == []


def test_a_visitors_look_asks_the_database_nothing(client, connection_queries):
    product = make_product()
    address = f"/p/{product.pk}/"
    first = connection_queries(lambda: client.get(address))
    ahead = {"Sec-Purpose": "prefetch"}
    assert first == connection_queries(lambda: client.get(address, headers=ahead))


def test_looks_of_an_account_are_few_questions(as_alice, connection_queries):
    product = make_product()
    address = f"/p/{product.pk}/"
    ahead = {"Sec-Purpose": "prefetch"}
    without = connection_queries(lambda: as_alice.get(address, headers=ahead))
    # The upsert, the look for what is too much, and SQLite's patience twice.
    assert connection_queries(lambda: as_alice.get(address)) <= without + 4


def test_a_long_list_asks_no_more_than_a_short_one(shopper, connection_queries):
    def ask():
        return connection_queries(lambda: shopper.get("/en/history/"))

    look(shopper, *[make_product() for _ in range(2)])
    few = ask()
    look(shopper, *[make_product() for _ in range(18)])
    assert len(seen(shopper)) == 20
    assert ask() == few


# Signing in


def sign_in(client, user):
    fields = {"identifier": str(user.phone), "password": PASSWORD}
    return client.post("/accounts/login/", fields)


def test_the_visitors_history_joins_at_login_in_order(client):
    alice = make_user()
    old, both, new = (make_product() for _ in range(3))
    for minutes, product in ((3, old), (2, both)):
        then = clock.now() - timedelta(minutes=minutes)
        HistoryEntry.objects.create(user=alice, product=product, viewed_at=then)
    look(client, both, new, both)
    sign_in(client, alice)
    assert seen(client) == keys(both, new, old)
    assert HistoryEntry.objects.count() == 3


def test_joining_keeps_fifty(client):
    alice = make_user()
    products = [make_product() for _ in range(60)]
    history.join(user_id=alice.pk, product_ids=keys(*products[:40]))
    look(client, *products[40:])
    sign_in(client, alice)
    assert seen(client) == keys(*products[:39:-1], *products[:30])
    assert HistoryEntry.objects.count() == 50


def test_the_next_account_in_this_browser_gets_none_of_it(client):
    alice, bob = make_user(), make_user()
    look(client, make_product())
    sign_in(client, alice)
    client.post("/accounts/logout/")
    assert seen(client) == []
    sign_in(client, bob)
    assert seen(client) == []
    assert HistoryEntry.objects.get().user == alice


def test_products_that_are_gone_do_not_join(client):
    client.cookies[COOKIE] = signing.dumps([10**9, 2**63 - 1], salt=browsing.SALT)
    assert sign_in(client, make_user()).status_code == 302
    assert not HistoryEntry.objects.exists()


# Failures and races


def test_the_database_keeps_one_row_whoever_writes(alice):
    product = make_product()
    HistoryEntry.objects.create(user=alice, product=product)
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryEntry.objects.create(user=alice, product=product)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_locked_database_harms_no_page(caplog):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has one lock for all")
    client, product = Client(), make_product()
    client.force_login(make_user())
    look(client, product)
    is_locked, is_over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            make_variant(product=product)
            is_locked.set()
            is_over.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_locked.wait(10)
        start = time.monotonic()
        look(client, product)
        assert time.monotonic() - start < 5
    finally:
        is_over.set()
        holder.join()
    assert "was not noted" in caplog.text
    # Afterwards a write is as patient as before, and the next look is noted.
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
    other = make_product()
    look(client, other)
    assert seen(client) == keys(other, product)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_look_that_cannot_be_written_is_lost_quietly(monkeypatch, caplog):
    client, product = Client(), make_product()
    client.force_login(make_user())
    table = HistoryEntry._meta.db_table
    monkeypatch.setattr(HistoryEntry._meta, "db_table", "catalog_nowhere")
    look(client, product)
    monkeypatch.setattr(HistoryEntry._meta, "db_table", table)
    assert "was not noted" in caplog.text
    assert seen(client) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_looks_at_once_make_one_row_each():
    alice, products = make_user(), [make_product() for _ in range(3)]

    def leaf_through(n):
        for product in (products[n % 3 :] + products[: n % 3]) * 3:
            history.note(user_id=alice.pk, product_id=product.pk)

    assert in_processes(leaf_through, 6) == [None] * 6
    assert HistoryEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_look_waits_for_no_order_or_import():
    """Its keys have no constraints: a locked account or product is no matter."""
    alice, product = make_user(), make_product()
    if connection.vendor == "sqlite":
        pytest.skip("has no locks of rows")
    is_locked, is_over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Product.objects.select_for_update().get(pk=product.pk)
            type(alice).objects.select_for_update().get(pk=alice.pk)
            is_locked.set()
            is_over.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_locked.wait(10)
        start = time.monotonic()
        history.note(user_id=alice.pk, product_id=product.pk)
        assert time.monotonic() - start < 5
    finally:
        is_over.set()
        holder.join()
    assert HistoryEntry.objects.count() == 1
