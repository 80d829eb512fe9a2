"""The devices signed in, and signing them out (row A6)."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import Session
from accounts.tests.factories import PASSWORD

LIST, END = "/accounts/sessions/", "/accounts/sessions/end/"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/129.0.0.0 Safari/537.36"
)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137)"
)

pytestmark = pytest.mark.django_db


def sign_in(browser=CHROME, address="203.0.113.7", phone="13800138000"):
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    sent = {"identifier": phone, "password": PASSWORD}
    assert client.post("/accounts/login/", sent).status_code == 302
    return client


def is_in(client):
    return client.get("/accounts/").status_code == 200


def others_on(page):
    return re.findall(r'name="session" value="([0-9a-f]+)"', page)


@pytest.fixture
def phone_and_desk(alice):
    return sign_in(WECHAT, "2001:db8:1:2:3::9"), sign_in()


def test_the_list_says_when_where_and_with_what(phone_and_desk):
    _phone, desk = phone_and_desk
    page = desk.get(LIST).text
    assert page.count('data-test="device"') == 2
    assert "Chrome, Windows" in page
    assert "WeChat Browser, iOS" in page
    # This one stands first.
    assert re.findall(r'data-current="(\d)"', page) == ["1", "0"]


def test_addresses_are_masked(phone_and_desk):
    page = phone_and_desk[1].get(LIST).text
    assert "203.0.*.*" in page
    assert "2001:db8:*:*" in page
    assert "203.0.113" not in page
    assert "db8:1" not in page


def test_no_page_holds_a_session_key(phone_and_desk):
    page = phone_and_desk[1].get(LIST).text
    for key in Session.objects.values_list("pk", flat=True):
        assert key not in page


def test_one_device_is_signed_out_and_no_other(phone_and_desk):
    phone, desk = phone_and_desk
    third = sign_in("curl/8.0")
    named = others_on(phone.get(LIST).text)
    assert len(named) == 2
    # The newest of the others stands first.
    assert phone.post(END, {"session": named[0]}).status_code == 302
    assert [is_in(phone), is_in(desk), is_in(third)] == [True, True, False]


def test_all_others_are_signed_out(phone_and_desk):
    phone, desk = phone_and_desk
    assert desk.post(END, {"others": "1"}).status_code == 302
    assert [is_in(phone), is_in(desk)] == [False, True]
    assert desk.get(LIST).text.count('data-test="device"') == 1


def test_an_old_cookie_is_dead_once_its_device_is_signed_out(phone_and_desk):
    phone, desk = phone_and_desk
    stolen = Client()
    stolen.cookies["sessionid"] = phone.cookies["sessionid"].value
    desk.post(END, {"others": "1"})
    assert not is_in(stolen)


def test_ending_this_device_is_signing_out(phone_and_desk):
    phone, desk = phone_and_desk
    [named] = others_on(phone.get(LIST).text)
    assert desk.post(END, {"session": named}).status_code == 302
    assert SESSION_KEY not in desk.session
    assert is_in(phone)


def test_a_strangers_device_is_not_there(phone_and_desk, as_bob):
    named = others_on(phone_and_desk[1].get(LIST).text)[0]
    assert as_bob.post(END, {"session": named}).status_code == 404
    assert is_in(phone_and_desk[0])


@pytest.mark.parametrize("named", ["", "x", "0" * 32, "' or 1=1"])
def test_what_is_no_device_is_not_there(phone_and_desk, named):
    assert phone_and_desk[1].post(END, {"session": named}).status_code == 404


def test_signing_out_takes_the_session_off_the_list(phone_and_desk):
    phone, desk = phone_and_desk
    phone.post("/accounts/logout/")
    assert desk.get(LIST).text.count('data-test="device"') == 1


def test_a_login_gives_the_session_another_key(alice):
    client = Client()
    client.get("/accounts/register/")
    client.post("/accounts/register/code/", {"phone": "15900159000"})
    before = client.session.session_key
    client.post("/accounts/login/", {"identifier": "13800138000", "password": PASSWORD})
    assert before
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_browser_without_a_name_is_listed_too(alice):
    client = sign_in(browser="<script>alert(1)</script>" + "x" * 400)
    page = client.get("/en" + LIST).text
    assert "An unknown browser" in page
    assert "<script>alert" not in page


def test_a_session_of_a_visitor_belongs_to_nobody(client):
    client.post("/accounts/register/code/", {"phone": "15900159000"})
    assert Session.objects.get().user_id is None
