import statistics
import time

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import Budget, User
from accounts.tests.factories import (
    PASSWORD,
    give_money,
    make_alice,
    make_bob,
)

TYPED = "13800138000"
REGISTER, CODE, LOGIN = (
    "/en/accounts/register/",
    "/en/accounts/register/code/",
    "/en/accounts/login/",
)

pytestmark = pytest.mark.django_db


def sign_in(client, identifier=TYPED, password=PASSWORD, **fields):
    return client.post(
        LOGIN, {"identifier": identifier, "password": password, **fields}
    )


def is_signed_in(client):
    return SESSION_KEY in client.session


def test_login_by_phone_and_by_bound_email(client):
    make_alice(email="zoe@x.com")
    for identifier in (TYPED, "+86 138-0013-8000", "zoe@x.com", " ZOE@X.COM"):
        response = sign_in(client, identifier)
        assert (response.status_code, response.url) == (302, "/en/"), identifier
        client.post("/en/accounts/logout/")
        assert not is_signed_in(client)


def test_an_email_that_is_not_bound_signs_nobody_in(client, alice):
    assert sign_in(client, "zoe@x.com").status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("nickname", [TYPED, "zoe@x.com", "+8613800138000"])
def test_a_nickname_like_anothers_identifier_neither_helps_nor_blocks(client, nickname):
    make_alice(email="zoe@x.com")
    make_bob(nickname=nickname, password="bobs-own-secret")
    assert sign_in(client, nickname, "bobs-own-secret").status_code == 200
    assert not is_signed_in(client)
    assert sign_in(client, nickname, PASSWORD).status_code == 302
    assert User.objects.get(pk=client.session[SESSION_KEY]).email == "zoe@x.com"


def test_one_sentence_for_every_reason(client, alice):
    bob = make_bob()
    bob.is_active = False
    bob.save()
    pages = [
        sign_in(client, TYPED, "wrong-password"),
        sign_in(client, "13611136111", "wrong-password"),
        sign_in(client, "13900139000", PASSWORD),
        sign_in(client, "nobody", "wrong-password"),
        sign_in(client, "no@where.com", "wrong-password"),
    ]
    sentences = {
        html.partition('<div class="form-error" role="alert">')[2].partition("</div>")[
            0
        ]
        for html in (page.content.decode() for page in pages)
    }
    assert len(sentences) == 1
    assert "do not go together" in sentences.pop()
    assert 'value="no@where.com"' in pages[-1].content.decode()
    assert "wrong-password" not in pages[-1].content.decode()


def test_an_unknown_account_takes_as_long_as_a_wrong_password(settings, client, many):
    settings.PASSWORD_HASHERS = ["shop.hashers.LightArgon2PasswordHasher"]
    make_alice()

    def seconds(identifier):
        # Else it is the throttle that answers, which is quick for both.
        Budget.objects.all().delete()
        started = time.perf_counter()
        response = sign_in(client, identifier, "wrong-password")
        assert response.status_code == 200
        return time.perf_counter() - started

    tries = many(quick=25, thorough=200)
    # In turn, and the median of each: a busy machine slows both.
    pairs = [(seconds(TYPED), seconds("13611136111")) for _number in range(tries)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    leeway = many(quick=0.3, thorough=0.1)
    assert 1 - leeway < known / unknown < 1 + leeway


def test_login_rotates_the_session(client, alice):
    client.post(CODE, {"phone": "13611136111"})
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before
    fixated = Client()
    fixated.cookies["sessionid"] = before
    fixated.get("/en/accounts/profile/")
    assert not is_signed_in(fixated)


def test_logout_ends_the_session_on_the_server(as_alice):
    key = as_alice.session.session_key
    response = as_alice.post("/en/accounts/logout/")
    assert (response.status_code, response.url) == (302, "/en/")
    replay = Client()
    replay.cookies["sessionid"] = key
    assert replay.get("/en/accounts/profile/").status_code == 302


@pytest.mark.parametrize("page", [LOGIN, REGISTER])
def test_who_is_signed_in_already_is_sent_on(as_alice, page):
    assert as_alice.get(page).url == "/en/"
    assert (
        as_alice.get(f"{page}?next=/en/accounts/wallet/").url == "/en/accounts/wallet/"
    )
    assert as_alice.post(page, {"next": "//evil.example"}).url == "/en/"


EVIL = [
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\x08//evil.example",
    "ftp://testserver/",
    "http://testserver@evil.example/",
]


@pytest.mark.parametrize("wish", EVIL)
def test_a_next_that_leaves_the_shop_is_ignored(client, wish):
    make_alice()
    page = client.get(LOGIN, {"next": wish})
    assert page.status_code == 200
    assert sign_in(client, next=wish).url == "/en/"


@pytest.mark.parametrize("wish", ["/en/\r\nX-Evil: 1", "/en/\nSet-Cookie: a=b"])
def test_a_next_cannot_write_headers(client, wish):
    make_alice()
    response = sign_in(client, next=wish)
    assert response.status_code == 302
    assert "X-Evil" not in response.headers
    assert "a" not in response.cookies
    assert "\n" not in response.url


def test_next_survives_a_wrong_password(client, alice):
    page = sign_in(client, password="wrong", next="/en/accounts/wallet/")
    assert 'name="next" value="/en/accounts/wallet/"' in page.content.decode()
    assert sign_in(client, next="/en/accounts/wallet/").url == "/en/accounts/wallet/"


def test_a_visitor_comes_back_to_where_login_was_asked(client, alice):
    give_money(alice, "12.00")
    response = client.get("/en/accounts/wallet/", follow=True)
    wish = response.context["next"]
    response = sign_in(client, next=wish)
    assert response.url == "/en/accounts/wallet/"


def test_the_admin_lets_in_by_phone(client):
    make_alice(is_staff=True)
    response = client.post(
        "/admin/login/", {"username": TYPED, "password": PASSWORD, "next": "/admin/"}
    )
    assert (response.status_code, response.url) == (302, "/admin/")
