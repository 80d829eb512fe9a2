import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import OneTimeCode, User
from accounts.tests.factories import (
    PASSWORD,
    another,
    code_sent_to,
    make_alice,
)
from accounts.tests.pages import errors_at
from shop.models import OutgoingMessage

TYPED = "13800138000"
REGISTER, CODE = "/en/accounts/register/", "/en/accounts/register/code/"
JSON = {"accept": "application/json"}

pytestmark = pytest.mark.django_db


def ask_for_code(client, phone=TYPED, **fields):
    client.post(CODE, {"phone": phone, **fields})
    return code_sent_to(phone)


def sign_up(client, digits, **changes):
    fields = {
        "phone": TYPED,
        "code": digits,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "nickname": "Alice",
    }
    return client.post(REGISTER, {**fields, **changes})


def is_signed_in(client):
    return SESSION_KEY in client.session


def test_register_works_without_javascript(client):
    response = client.post(CODE, {"phone": "138 0013 8000", "nickname": "Alice"})
    assert (response.status_code, response.url) == (302, REGISTER)
    page = client.get(REGISTER)
    html = page.content.decode()
    assert 'data-level="success"' in html
    assert 'value="138 0013 8000"' in html
    assert 'value="Alice"' in html
    response = sign_up(client, code_sent_to(TYPED))
    assert (response.status_code, response.url) == (302, "/en/")
    assert is_signed_in(client)
    alice = User.objects.get()
    assert (str(alice.phone), alice.nickname) == ("+8613800138000", "Alice")
    assert alice.language == "en"
    assert "register_typed" not in client.session


def test_register_remembers_the_language_of_the_page(client):
    client.post("/accounts/register/code/", {"phone": TYPED})
    fields = {"phone": TYPED, "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/register/", {**fields, "code": code_sent_to(TYPED)})
    assert User.objects.get().language == "zh-hans"


def test_the_code_comes_as_json_too(client):
    response = client.post(CODE, {"phone": TYPED}, headers=JSON)
    assert response.status_code == 200
    assert response.json()["ok"] is True
    assert code_sent_to(TYPED) not in response.content.decode()


def test_a_bad_phone_is_told_at_the_field_and_nothing_else_is_judged(client):
    response = client.post(CODE, {"phone": "12345", "nickname": "Alice"})
    assert response.status_code == 200
    html = response.content.decode()
    assert "11 digits" in errors_at(response, "phone")
    assert html.count('role="alert"') == 1
    assert 'value="12345"' in html
    assert 'value="Alice"' in html
    assert not OutgoingMessage.objects.exists()


def test_a_bad_phone_is_told_in_json(client):
    response = client.post(CODE, {"phone": "12345"}, headers=JSON)
    assert response.status_code == 400
    body = response.json()
    assert body["ok"] is False
    assert list(body["fields"]) == ["phone"]


def test_a_phone_that_is_taken_gets_no_code(client):
    make_alice()
    response = client.post(CODE, {"phone": TYPED}, headers=JSON)
    assert response.status_code == 409
    assert response.json()["error"] == "phone_taken"
    response = client.post(CODE, {"phone": TYPED})
    assert response.status_code == 200
    assert errors_at(response, "phone")
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_second_code_has_to_wait(client, headers):
    ask_for_code(client)
    response = client.post(CODE, {"phone": TYPED}, headers=headers)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert OneTimeCode.objects.count() == 1


def test_twenty_requests_send_one_message(client):
    for _number in range(20):
        Client().post(CODE, {"phone": TYPED})
    assert OutgoingMessage.objects.count() == 1


def test_a_code_of_another_browser_opens_nothing(client):
    code = ask_for_code(client)
    other = Client()
    other.get(REGISTER)
    response = sign_up(other, code)
    assert response.status_code == 200
    assert "wrong, used or too old" in errors_at(response, "code")
    assert not User.objects.exists()


def test_a_wrong_code_is_told_at_the_field_and_the_rest_is_kept(client):
    code = ask_for_code(client)
    response = sign_up(client, another(code))
    assert response.status_code == 200
    assert errors_at(response, "code")
    html = response.content.decode()
    assert f'value="{TYPED}"' in html
    assert 'value="Alice"' in html
    assert PASSWORD not in html
    assert sign_up(client, code).status_code == 302


def test_the_sixth_guess_is_not_looked_at(client):
    code = ask_for_code(client)
    for _number in range(5):
        sign_up(client, another(code))
    assert sign_up(client, code).status_code == 200
    assert not User.objects.exists()


def test_a_faulty_form_costs_no_try(client):
    code = ask_for_code(client)
    sign_up(client, code, password2="something-else-9")
    assert OneTimeCode.objects.get().tries_left == 5


def test_a_phone_taken_meanwhile_is_told_at_the_field(client):
    code = ask_for_code(client)
    make_alice()
    response = sign_up(client, code)
    assert response.status_code == 200
    assert "already has an account" in errors_at(response, "phone")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password2": "green-lantern-42"}, "password2"),
        ({"password1": "short1", "password2": "short1"}, "password1"),
        ({"password1": "83746519", "password2": "83746519"}, "password1"),
        ({"password1": "password1", "password2": "password1"}, "password1"),
        ({"password1": "alexandra", "password2": "alexandra", "nickname": "Alexandra"},
         "password1"),
        ({"password1": "x" * 129}, "password1"),
        ({"password1": ""}, "password1"),
        ({"code": ""}, "code"),
        ({"phone": "010-12345678"}, "phone"),
        ({"nickname": "n" * 31}, "nickname"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_told_at_its_field(client, changes, field):
    code = ask_for_code(client)
    response = sign_up(client, code, **changes)
    assert response.status_code == 200
    assert errors_at(response, field)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    ["tulpe " * 12, "密码很长而且没有人知道", "🐱🐶🦊🐻🐼🐨🐯🦁", " spaces are kept "],
)
def test_long_and_odd_passwords_are_kept_whole(client, password):
    sign_up(client, ask_for_code(client), password1=password, password2=password)
    user = User.objects.get()
    assert user.check_password(password)
    assert not user.check_password(password[:-1])


def test_a_code_typed_with_spaces_or_in_full_width_is_the_same(client):
    code = ask_for_code(client)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert sign_up(client, f" {wide[:3]} {wide[3:]} ").status_code == 302


def test_registering_gives_no_rights_and_no_money(client):
    sign_up(
        client,
        ask_for_code(client),
        is_staff="1",
        is_superuser="1",
        balance="100",
        user="1",
        id="7",
        email="x@y.z",
    )
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.email) == (False, False, None)
    assert user.wallet.balance == 0


def test_a_nickname_loses_what_is_no_letter(client):
    sign_up(client, ask_for_code(client), nickname=" A\u202eli\x07ce\n  👩‍💻 ")
    assert User.objects.get().nickname == "Alice 👩‍💻"


def test_next_is_followed_after_registering(client):
    code = ask_for_code(client)
    response = sign_up(client, code, next="/en/accounts/wallet/")
    assert response.url == "/en/accounts/wallet/"


def test_next_survives_the_way_to_the_code_and_back(client):
    page = f"{REGISTER}?next=/en/accounts/wallet/"
    referer = {"referer": f"http://testserver{page}"}
    response = client.post(CODE, {"phone": TYPED}, headers=referer)
    assert response.url == page
