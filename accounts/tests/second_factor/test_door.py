"""The door: no page of the admin without the token (row A13, docs/security.md)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.second_factor.desk import (
    CODES,
    HOME,
    LOGIN,
    NOON,
    PHONE,
    REMOVE,
    TOKEN,
    every_admin_address,
    give,
    is_at,
    is_inside,
    set_up,
    sign_in,
)
from accounts.tests.totp import token_of

pytestmark = pytest.mark.django_db


def test_the_token_opens_the_desk_after_the_password(root, device):
    client = sign_in(next="/admin/shop/policy/")
    response = client.get("/admin/shop/policy/?o=1")
    assert is_at(response, TOKEN)
    wish = parse_qs(urlsplit(response.url).query)["next"][0]
    assert wish == "/admin/shop/policy/?o=1"
    page = client.get(response.url)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "nav-sidebar" not in page.text
    key = client.session.session_key
    response = give(client, token_of(device.key, at=NOON), next=wish)
    assert (response.status_code, response.url) == (302, wish)
    assert client.session.session_key != key
    assert client.get(wish).status_code == 200
    assert is_at(client.get(TOKEN), "/admin/")


def test_with_the_password_alone_every_address_leads_to_the_token(root, device):
    addresses = set(every_admin_address()) - {TOKEN, LOGIN, "/admin/logout/"}
    assert len(addresses) > 60
    assert {"/admin/", "/admin/jsi18n/", "/admin/no/such/page/"} <= addresses
    assert {HOME, CODES, REMOVE, "/admin/second-factor/reset/1/"} <= addresses
    client = sign_in()
    for address in sorted(addresses):
        for method in (client.get, client.post, client.put, client.head):
            assert is_at(method(address), TOKEN), address
        response = client.get(address, headers={"HX-Request": "true"})
        assert is_at(response, TOKEN), address
        for method in (client.get, client.post):
            response = method(address, headers={"Accept": "application/json"})
            assert response.status_code == 401, address
            assert response.json()["error"] == "second_factor_needed"


def test_no_address_of_the_admin_has_another_door():
    # A view that was hung in without `admin_view` would be its own hole.
    for address in set(every_admin_address()) - {LOGIN, "/admin/logout/"}:
        assert is_at(Client().get(address), LOGIN), address


def test_the_login_page_sends_on_to_the_token(root, device):
    client = sign_in()
    response = client.get(LOGIN, {"next": "/admin/shop/policy/"})
    assert is_at(response, TOKEN)
    assert parse_qs(urlsplit(response.url).query)["next"] == ["/admin/shop/policy/"]
    response = client.get(LOGIN, {"next": "//evil.example"})
    assert parse_qs(urlsplit(response.url).query)["next"] == ["/admin/"]


def test_leaving_is_free(root, device):
    client = sign_in()
    assert client.post("/admin/logout/").status_code == 200
    assert is_at(client.get(TOKEN), LOGIN)


def test_the_token_page_is_for_who_has_typed_the_password(client, alice, root, device):
    assert is_at(client.get(TOKEN), LOGIN)
    assert is_at(give(client, token_of(device.key, at=NOON)), LOGIN)
    client.force_login(alice)
    assert is_at(client.get(TOKEN), LOGIN)
    device.refresh_from_db()
    assert device.last_step == -1


@pytest.mark.parametrize("wish", ["//evil.example", "https://evil.example/", "\\\\x"])
def test_a_next_that_leaves_the_shop_is_ignored(root, device, wish):
    client = sign_in()
    response = give(client, token_of(device.key, at=NOON), next=wish)
    assert response.url == "/admin/"


def test_signing_out_forgets(root, device, phone_clock):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    assert is_inside(client)
    client.post("/admin/logout/")
    sign_in(client)
    assert is_at(client.get("/admin/"), TOKEN)


def test_signing_in_once_more_asks_once_more(root, device):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    sign_in(client)
    assert is_at(client.get("/admin/"), TOKEN)


def test_one_session_opens_no_other(root, device):
    first, second = sign_in(), sign_in()
    give(first, token_of(device.key, at=NOON))
    assert is_inside(first)
    assert is_at(second.get("/admin/"), TOKEN)


def test_the_shop_itself_asks_for_no_token(root, device):
    client = Client()
    sent = {"identifier": PHONE, "password": PASSWORD}
    assert client.post("/accounts/login/", sent).status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert is_at(client.get("/admin/"), TOKEN)


def test_a_device_of_somebody_else_opens_nothing(root, device):
    eve = make_user(phone="13500135000", is_staff=True, is_superuser=True)
    hers = set_up(eve)
    client = sign_in()
    assert give(client, token_of(hers.key, at=NOON)).status_code == 200
    session = client.session
    session["otp_device_id"] = hers.persistent_id
    session.save()
    assert is_at(client.get("/admin/"), TOKEN)
