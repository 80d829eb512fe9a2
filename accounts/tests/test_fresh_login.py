"""The password again before staff give rights or money (row A13)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import fresh_login
from accounts.models import User
from accounts.refusals import PasswordNeeded
from accounts.tests.factories import PASSWORD, make_user
from shop import clock, policy, roles
from shop.models import Policy

CONFIRM, SHOP_CONFIRM = "/admin/confirm-password/", "/en/accounts/password/confirm/"
LATE = timedelta(minutes=15, seconds=1)

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def confirm(client, password=PASSWORD, **fields):
    return client.post(CONFIRM, {"password": password, **fields})


def is_asked(response, page=CONFIRM):
    return response.status_code == 302 and urlsplit(response.url).path == page


def next_of(response):
    return parse_qs(urlsplit(response.url).query)["next"][0]


def said_by(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def root(db):
    return make_user(
        phone="13600136000", is_staff=True, is_superuser=True, language="en"
    )


@pytest.fixture
def start():
    moment = clock.now()
    with clock.at(moment):
        yield moment


@pytest.fixture
def as_root(start, root):
    return signed_in(root)


@pytest.fixture
def pages(alice):
    roles.write_groups()
    group = Group.objects.get(name="support")
    return [
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{alice.pk}/change/",
        f"/admin/accounts/user/{alice.pk}/password/",
        "/admin/auth/group/add/",
        f"/admin/auth/group/{group.pk}/change/",
        f"/admin/auth/group/{group.pk}/delete/",
        "/admin/shop/policy/freight_fee/change/",
        "/admin/second-factor/",
    ]


def test_fifteen_minutes_pass_and_a_second_more_asks(as_root, pages, start):
    for page in pages:
        with clock.at(start + timedelta(minutes=15)):
            assert as_root.get(page).status_code == 200, page
        with clock.at(start + LATE):
            response = as_root.get(page)
        assert is_asked(response), page
        assert next_of(response) == page


def test_a_late_post_changes_nothing_and_says_so(as_root, pages, start, alice):
    before = User.objects.filter(pk=alice.pk).values().get()
    sent = {
        "nickname": "Mallory",
        "is_staff": "on",
        "is_superuser": "on",
        "language": "en",
        "password1": "green-lantern-7",
        "password2": "green-lantern-7",
        "value": "9.00",
        "name": "thieves",
        "post": "yes",
        "addresses-TOTAL_FORMS": "0",
        "addresses-INITIAL_FORMS": "0",
    }
    with clock.at(start + LATE):
        for page in pages:
            response = as_root.post(page, sent)
            assert is_asked(response), page
            assert "Nothing was changed" in said_by(response)[-1]
    assert User.objects.filter(pk=alice.pk).values().get() == before
    assert not Group.objects.filter(name="thieves").exists()
    assert Group.objects.filter(name="support").exists()
    assert Policy.objects.get(pk="freight_fee").value != "9.00"


def test_a_list_asks_only_before_it_acts(as_root, pages, start):
    group = Group.objects.get(name="support")
    sent = {
        "action": "delete_selected",
        "_selected_action": [group.pk],
        "post": "yes",
    }
    with clock.at(start + LATE):
        assert as_root.get("/admin/auth/group/").status_code == 200
        assert is_asked(as_root.post("/admin/auth/group/", sent))
    assert Group.objects.filter(pk=group.pk).exists()


def test_who_may_only_look_is_not_asked(start, alice):
    roles.write_groups()
    carol = make_user(is_staff=True)
    carol.groups.add(Group.objects.get(name="readonly"))
    client = signed_in(carol)
    with clock.at(start + LATE):
        for page in (
            f"/admin/accounts/user/{alice.pk}/change/",
            "/admin/shop/policy/freight_fee/change/",
        ):
            assert client.get(page).status_code == 200


def test_what_moves_no_money_is_not_asked(as_root, start):
    with clock.at(start + LATE):
        for page in ("/admin/", "/admin/orders/order/", "/admin/accounts/user/"):
            assert as_root.get(page).status_code == 200


def test_the_right_password_leads_back_and_is_good_for_a_while(as_root, start):
    page = "/admin/accounts/user/add/"
    with clock.at(start + LATE):
        asked = as_root.get(page)
        form = as_root.get(asked.url)
        assert 'name="next" value="/admin/accounts/user/add/"' in form.text
        assert "no-store" in form["Cache-Control"]
        key = as_root.session.session_key
        response = confirm(as_root, next=page)
        assert (response.status_code, response.url) == (302, page)
        assert as_root.session.session_key != key
        assert as_root.get(page).status_code == 200
    with clock.at(start + LATE + timedelta(minutes=15)):
        assert as_root.get(page).status_code == 200
    with clock.at(start + LATE + LATE):
        assert is_asked(as_root.get(page))


@pytest.mark.parametrize("password", ["wrong-password", "", "x" * 129])
def test_another_password_does_not(as_root, start, password):
    page = "/admin/accounts/user/add/"
    with clock.at(start + LATE):
        response = confirm(as_root, password, next=page)
        assert response.status_code == 200
        assert 'role="alert"' in response.text
        assert 'name="next" value="/admin/accounts/user/add/"' in response.text
        assert is_asked(as_root.get(page))


def test_somebody_elses_password_does_not(as_root, start):
    make_user(phone="13500135000", password="bobs-own-secret")
    with clock.at(start + LATE):
        assert confirm(as_root, "bobs-own-secret").status_code == 200
        assert is_asked(as_root.get("/admin/accounts/user/add/"))


def test_guesses_draw_on_the_budget_of_the_login(as_root, start):
    with clock.at(start + LATE):
        for _number in range(5):
            assert confirm(as_root, "wrong-password").status_code == 200
        response = confirm(as_root)
        assert response.status_code == 429
        assert "15 minutes" in response.text
        assert int(response["Retry-After"]) > 0
        sent = {"username": "13600136000", "password": PASSWORD}
        assert Client().post("/admin/login/", sent).status_code == 429


@pytest.mark.parametrize(
    "wish", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\x"]
)
def test_a_next_that_leaves_the_shop_is_ignored(as_root, wish):
    assert confirm(as_root, next=wish).url == "/admin/"


def test_the_minutes_are_a_rule_of_the_shop(as_root, start):
    policy.change("password_fresh_minutes", "1")
    page = "/admin/accounts/user/add/"
    with clock.at(start + timedelta(minutes=1)):
        assert as_root.get(page).status_code == 200
    with clock.at(start + timedelta(minutes=1, seconds=1)):
        assert is_asked(as_root.get(page))


def test_a_session_that_does_not_know_is_asked(as_root):
    session = as_root.session
    del session[fresh_login.SESSION_KEY]
    session.save()
    assert is_asked(as_root.get("/admin/accounts/user/add/"))


def test_signing_in_counts_as_typing_it(start, root):
    client = Client()
    with clock.at(start):
        sent = {"username": "13600136000", "password": PASSWORD}
        assert client.post("/admin/login/", sent).status_code == 302
    with clock.at(start + timedelta(minutes=15)):
        assert client.get("/admin/accounts/user/add/").status_code == 200


def test_who_asks_for_json_gets_it(as_root, start):
    json = {"Accept": "application/json"}
    with clock.at(start + LATE):
        response = as_root.post("/admin/accounts/user/add/", {}, headers=json)
        assert response.status_code == 403
        assert response.json()["error"] == "password_needed"
        response = as_root.post(CONFIRM, {"password": PASSWORD}, headers=json)
        assert response.json() == {"ok": True}
        assert as_root.get("/admin/accounts/user/add/").status_code == 200


def test_the_page_is_for_staff(client, alice):
    assert client.get(CONFIRM).url.startswith("/admin/login/")
    client.force_login(alice)
    assert client.get(CONFIRM).url.startswith("/admin/login/")


def test_the_password_goes_neither_back_nor_into_the_session(as_root):
    response = confirm(as_root, "wrong-password")
    assert "wrong-password" not in response.text
    assert "wrong-password" not in str(dict(as_root.session))


def test_the_desk_has_no_page_where_the_password_can_be_guessed_for_nothing(as_root):
    for response in (
        as_root.get("/admin/password_change/"),
        as_root.post("/admin/password_change/", {"old_password": "wrong-password"}),
    ):
        assert is_asked(response, "/en/accounts/password/change/")


# What other apps put above a view of theirs --------------------------------------


@fresh_login.fresh_login_required
def deed(request, number):
    return HttpResponse(f"done {number}")


def asked_by(session, path="/admin/orders/order/3/refund/", method="post", **headers):
    request = getattr(RequestFactory(), method)(path, headers=headers)
    request.session = session
    request._messages = Messages()
    return deed(request, 3)


class Messages(list[str]):
    def add(self, level, message, extra_tags=""):
        self.append(message)


def test_the_decorator_lets_a_deed_through_or_asks(start):
    session = {fresh_login.SESSION_KEY: start.isoformat()}
    with clock.at(start + timedelta(minutes=15)):
        assert asked_by(session).content == b"done 3"
    with clock.at(start + LATE):
        response = asked_by(session, Referer="http://testserver/admin/orders/order/")
        assert is_asked(response)
        assert next_of(response) == "/admin/orders/order/"
        with pytest.raises(PasswordNeeded):
            asked_by(session, Accept="application/json")


def test_on_the_shops_side_it_asks_on_the_shops_page(start, as_alice):
    with clock.at(start + LATE):
        response = asked_by({}, "/accounts/wallet/", "get")
        assert is_asked(response, "/accounts/password/confirm/")
        assert next_of(response) == "/accounts/wallet/"
        assert as_alice.get(SHOP_CONFIRM).status_code == 200
        sent = {"password": "wrong-password", "next": "/en/accounts/wallet/"}
        assert as_alice.post(SHOP_CONFIRM, sent).status_code == 200
        assert as_alice.session[fresh_login.SESSION_KEY] != clock.now().isoformat()
        sent["password"] = PASSWORD
        assert as_alice.post(SHOP_CONFIRM, sent).url == "/en/accounts/wallet/"
        assert as_alice.session[fresh_login.SESSION_KEY] == clock.now().isoformat()
