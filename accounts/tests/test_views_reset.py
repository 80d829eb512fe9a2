"""The staged password reset: every jump, and every way to cheat (row A3)."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.codes import CodeProcess
from accounts.tests.factories import (
    PASSWORD,
    another,
    code_sent_to,
    make_alice,
    make_bob,
)
from shop import clock
from shop.models import OutgoingMessage

FORGOT, VERIFY = "/accounts/password/forgot/", "/accounts/password/verify/"
SEND, RESET = f"{VERIFY}send/", "/accounts/password/reset/"
PHONE, MAIL, NEW = "13800138000", "alice@example.com", "kite-over-the-lake"
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alice(db):
    return make_alice(email=MAIL)


def goes_to(response):
    assert response.status_code == 302, response.content
    return response["Location"]


def name(client, identifier=PHONE):
    return client.post(FORGOT, {"identifier": identifier})


def get_code(client, identifier=PHONE):
    assert goes_to(name(client, identifier)) == VERIFY
    assert goes_to(client.post(SEND)) == VERIFY
    return code_sent_to(identifier)


def verify(client, code):
    return client.post(VERIFY, {"code": code})


def choose(client, password=NEW, again=None):
    sent = {"new_password1": password, "new_password2": again or password}
    return client.post(RESET, sent)


def signs_in_with(password):
    client = Client()
    sent = {"identifier": PHONE, "password": password}
    client.post("/accounts/login/", sent)
    return SESSION_KEY in client.session


@pytest.mark.parametrize("identifier", [PHONE, MAIL])
def test_in_three_stages(client, identifier):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"identifier": PHONE, "password": PASSWORD})
    code = get_code(client, identifier)
    assert goes_to(verify(client, code)) == RESET
    assert goes_to(choose(client)) == "/accounts/login/"
    assert signs_in_with(NEW)
    assert not signs_in_with(PASSWORD)
    # Every session of the account is signed out.
    assert elsewhere.get("/accounts/").status_code == 302


@pytest.mark.parametrize("path", [VERIFY, RESET])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_stage_by_its_address_alone(client, path, method):
    assert goes_to(getattr(client, method)(path)) == FORGOT


def test_no_last_stage_without_the_code(client):
    name(client)
    assert goes_to(client.get(RESET)) == FORGOT
    assert goes_to(choose(client)) == FORGOT
    assert signs_in_with(PASSWORD)


def test_no_code_without_the_first_stage(client):
    response = client.post(SEND, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (409, "stage_missing")
    assert client.get(SEND).status_code == 405


def test_the_verification_page_sends_nothing_by_itself(client):
    name(client)
    page = client.get(VERIFY)
    assert page.status_code == 200
    assert "138****8000" in page.text
    assert PHONE not in page.text
    with pytest.raises(TypeError):
        code_sent_to(PHONE)


@pytest.mark.parametrize("who", ["13900139000", "no@where.com", "Alice", "", "x" * 300])
def test_an_unknown_account_is_an_error_on_the_form(client, who):
    response = name(client, who)
    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert goes_to(client.get(VERIFY)) == FORGOT


def test_naming_accounts_is_slow(client):
    for _ in range(10):
        assert name(client, "13900139000").status_code == 200
    response = name(client)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        assert goes_to(name(client)) == VERIFY


def test_a_second_code_within_a_minute_is_refused(client):
    get_code(client)
    response = client.post(SEND, headers=JSON)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_code_is_an_error_at_its_field(client, code):
    get_code(client)
    response = verify(client, code)
    assert response.status_code == 200
    assert 'role="alert"' in response.text


def test_five_wrong_codes_kill_the_right_one(client):
    code = get_code(client)
    for _ in range(5):
        assert verify(client, another(code)).status_code == 200
    assert verify(client, code).status_code == 200
    assert goes_to(client.get(RESET)) == FORGOT


def test_an_expired_code_is_refused(client):
    code = get_code(client)
    with clock.at(clock.now() + timedelta(seconds=301)):
        assert verify(client, code).status_code == 200


def test_a_used_code_is_refused(client):
    code = get_code(client)
    verify(client, code)
    choose(client)
    name(client)
    assert verify(client, code).status_code == 200


def test_the_code_of_another_session_is_refused(client):
    code = get_code(client)
    thief = Client()
    name(thief)
    assert verify(thief, code).status_code == 200
    assert goes_to(thief.get(RESET)) == FORGOT


def test_a_code_for_another_purpose_is_refused(client):
    name(client)
    client.post(SEND)
    CodeProcess("register", "+8613800138000", "other").send(language="en")
    assert verify(client, code_sent_to(PHONE)).status_code == 200


def test_another_account_half_way_starts_anew(client):
    make_bob()
    code = get_code(client)
    verify(client, code)
    # A second tab names Bob: what was verified for Alice opens nothing of his.
    name(client, "13900139000")
    assert goes_to(client.get(RESET)) == FORGOT
    assert goes_to(choose(client)) == FORGOT
    assert verify(client, code).status_code == 200


@pytest.mark.parametrize("stage", [VERIFY, RESET])
def test_a_stage_is_open_for_ten_minutes(client, stage):
    code = get_code(client)
    if stage == RESET:
        verify(client, code)
    moment = clock.now()
    with clock.at(moment + timedelta(minutes=9)):
        assert client.get(stage).status_code == 200
    with clock.at(moment + timedelta(minutes=10, seconds=1)):
        assert goes_to(client.get(stage)) == FORGOT


def test_success_uses_the_stages_up(client):
    verify(client, get_code(client))
    choose(client)
    assert goes_to(client.get(RESET)) == FORGOT
    assert goes_to(client.get(VERIFY)) == FORGOT
    assert goes_to(choose(client, "another-secret-of-mine")) == FORGOT
    assert signs_in_with(NEW)


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", None), ("12345678", None), (NEW, "something-else"), ("", "x")],
)
def test_a_bad_password_is_an_error_and_keeps_the_stage(client, password, again):
    verify(client, get_code(client))
    response = choose(client, password, again)
    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert goes_to(choose(client)) == "/accounts/login/"


def test_a_closed_account_cannot_be_reset(client, alice):
    verify(client, get_code(client))
    alice.is_active = False
    alice.save()
    assert goes_to(choose(client)) == FORGOT
    assert name(client).status_code == 200


@pytest.mark.parametrize("stage", [VERIFY, RESET])
def test_a_password_set_meanwhile_ends_the_stages_of_others(client, stage):
    other = Client()
    verify(other, get_code(other))
    name(client)
    choose(other)
    assert goes_to(client.get(stage)) == FORGOT


def test_an_email_that_was_taken_off_meanwhile_opens_nothing(client, alice):
    code = get_code(client, MAIL)
    verify(client, code)
    alice.email = "another@example.com"
    alice.save()
    assert goes_to(choose(client)) == FORGOT
    assert signs_in_with(PASSWORD)


def test_who_is_signed_in_here_is_signed_out_and_told_so(client):
    client.post("/accounts/login/", {"identifier": PHONE, "password": PASSWORD})
    verify(client, get_code(client))
    response = choose(client)
    assert goes_to(response) == "/accounts/login/"
    page = client.get("/accounts/login/")
    assert 'data-level="success"' in page.text
    assert SESSION_KEY not in client.session


def test_the_session_has_another_key_afterwards(client):
    verify(client, get_code(client))
    before = client.session.session_key
    choose(client)
    client.get("/accounts/login/")
    assert client.session.session_key != before


def test_a_form_left_open_in_another_tab_is_of_the_account_before(client):
    make_bob()
    verify(client, get_code(client, "13900139000"))
    old_tab = client.get(RESET)
    mark = re.search(r'name="stage" value="(\w+)"', old_tab.text)[1]
    assert "139****9000" in old_tab.text
    verify(client, get_code(client))
    left_open = {"new_password1": NEW, "new_password2": NEW, "stage": mark}
    assert goes_to(client.post(RESET, left_open)) == FORGOT
    assert goes_to(client.post(VERIFY, {"code": "123456", "stage": mark})) == FORGOT
    assert client.post(SEND, {"stage": mark}, headers=JSON).status_code == 409
    assert signs_in_with(PASSWORD)


def test_the_owner_hears_of_a_new_password(client):
    verify(client, get_code(client))
    choose(client)
    assert OutgoingMessage.objects.get(kind="password_changed").recipient == PHONE


def test_the_session_is_told_nothing_that_a_visitor_could_use(client):
    code = get_code(client)
    assert code not in str(dict(client.session))
