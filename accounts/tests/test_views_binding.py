"""Binding an e-mail, and another phone (rows A1, A9)."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import OneTimeCode, User
from accounts.refusals import EmailTaken, PhoneTaken, WrongCode
from accounts.services import binding as services
from accounts.services.binding import EMAIL, PHONE
from accounts.tests.factories import (
    PASSWORD,
    another,
    code_sent_to,
    make_alice,
    make_bob,
)
from accounts.tests.pages import errors_at
from accounts.tests.parallel import at_once
from shop import clock
from shop.models import OutgoingMessage

EMAIL_CODE, EMAIL_PAGE = "/accounts/email/code/", "/accounts/email/"
PHONE_CODE, PHONE_PAGE = "/accounts/phone/code/", "/accounts/phone/"
MAIL, NUMBER, OLD = "alice@example.com", "15900159000", "13800138000"
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.django_db

#: The two pages are one in kind: address of the code, of the page, field, value.
BOTH = [(EMAIL_CODE, EMAIL_PAGE, "email", MAIL)]
BOTH += [(PHONE_CODE, PHONE_PAGE, "phone", NUMBER)]
both = pytest.mark.parametrize(("send", "path", "field", "value"), BOTH)


def bind_email(client, email=MAIL):
    client.post(EMAIL_CODE, {"email": email})
    return client.post(EMAIL_PAGE, {"email": email, "code": code_sent_to(MAIL)})


def change_phone(client, phone=NUMBER):
    client.post(PHONE_CODE, {"phone": phone})
    return client.post(PHONE_PAGE, {"phone": phone, "code": code_sent_to(NUMBER)})


def signs_in(identifier, password=PASSWORD):
    client = Client()
    sent = {"identifier": identifier, "password": password}
    client.post("/accounts/login/", sent)
    return SESSION_KEY in client.session


@pytest.mark.parametrize("typed", [MAIL, "Alice@Example.COM", " ａlice@example.com "])
def test_a_bound_email_signs_in_in_any_spelling(as_alice, alice, typed):
    assert not signs_in(MAIL)
    assert bind_email(as_alice, typed).status_code == 302
    alice.refresh_from_db()
    assert alice.email == MAIL
    assert signs_in("ALICE@example.com")


def test_the_new_phone_signs_in_and_the_old_one_does_not(as_alice, alice):
    assert change_phone(as_alice, "159 0015 9000").status_code == 302
    alice.refresh_from_db()
    assert str(alice.phone) == "+8615900159000"
    assert signs_in(NUMBER)
    assert not signs_in(OLD)


def test_the_old_phone_hears_that_it_was_changed(as_alice):
    change_phone(as_alice)
    told = OutgoingMessage.objects.get(kind="phone_changed")
    assert told.recipient == OLD


def test_the_phone_hears_of_another_email(as_alice):
    bind_email(as_alice)
    assert OutgoingMessage.objects.get(kind="email_changed").recipient == OLD
    OutgoingMessage.objects.filter(kind="email_changed").delete()
    services.bind(
        EMAIL,
        user=User.objects.get(),
        target=MAIL,
        code=_code_again(),
        session="s",
    )
    # Bound already: nothing has changed.
    assert not OutgoingMessage.objects.filter(kind="email_changed").exists()


def _code_again():
    OneTimeCode.objects.all().delete()
    _send(EMAIL, User.objects.get(), MAIL)
    return code_sent_to(MAIL)


def _send(binding, user, target):
    services.send_code(
        binding, user=user, target=target, session="s", address="a", language="en"
    )


@both
def test_asking_for_the_code_changes_nothing(as_alice, alice, send, path, field, value):
    before = User.objects.values().get()
    assert as_alice.post(send, {field: value}).status_code == 302
    assert User.objects.values().get() == before
    assert not signs_in(value)


@both
def test_the_page_shows_again_what_was_typed(as_alice, send, path, field, value):
    as_alice.post(send, {field: value})
    assert value in as_alice.get(path).text


@both
@pytest.mark.parametrize("typed", ["", "no", "a@", "@b.com", "a b@c.com", "x" * 400])
def test_what_is_none_is_an_error_at_its_field(
    as_alice, send, path, field, value, typed
):
    for address in (send, path):
        response = as_alice.post(address, {field: typed, "code": "123456"})
        assert response.status_code == 200
        assert errors_at(response, field)
    response = as_alice.post(send, {field: typed}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (400, "invalid")


@both
def test_a_wrong_code_is_an_error_at_its_field(as_alice, send, path, field, value):
    before = User.objects.values().get()
    as_alice.post(send, {field: value})
    sent = {field: value, "code": another(code_sent_to(value))}
    response = as_alice.post(path, sent)
    assert response.status_code == 200
    assert errors_at(response, "code")
    assert User.objects.values().get() == before


@both
def test_a_code_for_one_binds_no_other(as_alice, send, path, field, value):
    other = {"email": "other@example.com", "phone": "15900159001"}[field]
    as_alice.post(send, {field: value})
    sent = {field: other, "code": code_sent_to(value)}
    assert as_alice.post(path, sent).status_code == 200
    assert not User.objects.filter(**{field: other}).exists()


@both
def test_a_code_of_another_session_binds_nothing(
    as_alice, alice, send, path, field, value
):
    thief = Client()
    thief.force_login(alice)
    as_alice.post(send, {field: value})
    sent = {field: value, "code": code_sent_to(value)}
    assert thief.post(path, sent).status_code == 200
    assert not signs_in(value)


@both
def test_an_open_session_found_later_takes_no_account_over(
    as_alice, send, path, field, value
):
    as_alice.post(send, {field: value})
    sent = {field: value, "code": code_sent_to(value)}
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        for response in (
            as_alice.get(path),
            as_alice.post(path, sent),
            as_alice.post(send, {field: value}),
        ):
            assert response.status_code == 302
            assert response.url.startswith("/accounts/password/confirm/?next=")
        answer = as_alice.post(send, {field: value}, headers=JSON)
        assert (answer.status_code, answer.json()["error"]) == (403, "password_needed")
        assert not signs_in(value)
        page = f"/accounts/password/confirm/?next={path}"
        response = as_alice.post(page, {"password": PASSWORD})
        assert response.url == path
        assert as_alice.get(path).status_code == 200


def test_a_code_for_registering_does_not_change_the_phone(as_alice):
    as_alice.post("/accounts/register/code/", {"phone": NUMBER})
    sent = {"phone": NUMBER, "code": code_sent_to(NUMBER)}
    assert as_alice.post(PHONE_PAGE, sent).status_code == 200
    assert not signs_in(NUMBER)


@pytest.mark.parametrize("typed", ["bob@example.com", "BOB@Example.com"])
def test_another_accounts_email_is_refused(as_alice, bob, typed):
    User.objects.filter(pk=bob.pk).update(email="bob@example.com")
    response = as_alice.post(EMAIL_CODE, {"email": typed}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "email_taken")
    # On the page it is said at the field, and no message leaves.
    page = as_alice.post(EMAIL_CODE, {"email": typed})
    assert page.status_code == 200
    assert errors_at(page, "email")
    assert not OutgoingMessage.objects.exists()


def test_another_accounts_phone_is_refused(as_alice, bob):
    response = as_alice.post(PHONE_CODE, {"phone": "13900139000"}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "phone_taken")


@both
def test_bound_by_another_meanwhile_it_is_an_error_at_its_field(
    as_alice, bob, send, path, field, value
):
    as_alice.post(send, {field: value})
    stored = {"email": MAIL, "phone": f"+86{NUMBER}"}[field]
    User.objects.filter(pk=bob.pk).update(**{field: stored})
    response = as_alice.post(path, {field: value, "code": code_sent_to(value)})
    assert response.status_code == 200
    assert errors_at(response, field)


@both
def test_without_a_code_nobody_learns_who_has_it(
    as_alice, bob, send, path, field, value
):
    free = as_alice.post(path, {field: value, "code": "123456"})
    stored = {"email": MAIL, "phone": f"+86{NUMBER}"}[field]
    User.objects.filter(pk=bob.pk).update(**{field: stored})
    taken = as_alice.post(path, {field: value, "code": "123456"})
    assert errors_at(free, "code") == errors_at(taken, "code")
    assert not errors_at(taken, field)


def test_another_email_takes_the_place_of_the_first(as_alice, alice):
    User.objects.filter(pk=alice.pk).update(email="old@example.com")
    bind_email(as_alice)
    assert signs_in(MAIL)
    assert not signs_in("old@example.com")


def test_the_email_of_one_account_is_no_ones_nickname_to_sign_in_with(as_alice, bob):
    User.objects.filter(pk=bob.pk).update(nickname=MAIL)
    bind_email(as_alice)
    client = Client()
    client.post("/accounts/login/", {"identifier": MAIL, "password": PASSWORD})
    assert client.session[SESSION_KEY] != str(bob.pk)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(
    ("binding", "target", "receiver"),
    [(EMAIL, MAIL, MAIL), (PHONE, f"+86{NUMBER}", NUMBER)],
)
def test_two_accounts_bind_the_same_at_once_and_one_wins(binding, target, receiver):
    people = [make_alice(), make_bob()]
    # One session that both use: only so are two codes good at the same time.
    _send(binding, people[0], target)
    code = code_sent_to(receiver)

    def claim(user):
        try:
            services.bind(binding, user=user, target=target, code=code, session="s")
        except (EmailTaken, PhoneTaken, WrongCode) as refusal:
            return type(refusal).__name__
        return "bound"

    results = at_once(*[lambda u=user: claim(u) for user in people])
    assert results.count("bound") == 1, results
    assert set(results) - {"bound"} <= {"EmailTaken", "PhoneTaken", "WrongCode"}
    assert User.objects.filter(**{binding.column: target}).count() == 1
