"""Changing the login password (row A6)."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import Session
from accounts.tests.factories import PASSWORD
from accounts.tests.pages import errors_at
from shop.models import OutgoingMessage

CHANGE, NEW = "/accounts/password/change/", "kite-over-the-lake"
RIGHT = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

pytestmark = pytest.mark.django_db


def sign_in(password=PASSWORD):
    client = Client()
    sent = {"identifier": "13800138000", "password": password}
    client.post("/accounts/login/", sent)
    return client


def test_a_new_password_ends_all_other_sessions_but_this(as_alice):
    other = sign_in()
    assert as_alice.post(CHANGE, RIGHT).status_code == 302
    assert as_alice.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302
    assert SESSION_KEY in sign_in(NEW).session
    assert SESSION_KEY not in sign_in().session


def test_ended_sessions_are_gone_from_the_list(as_alice):
    sign_in()
    as_alice.post(CHANGE, RIGHT)
    assert as_alice.get("/accounts/sessions/").text.count('data-test="device"') == 1


def test_the_session_has_a_new_key_after_it(as_alice):
    before = as_alice.session.session_key
    as_alice.post(CHANGE, RIGHT)
    assert as_alice.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_the_owner_hears_of_it(as_alice):
    as_alice.post(CHANGE, RIGHT)
    told = OutgoingMessage.objects.get(kind="password_changed")
    assert told.recipient == "13800138000"
    assert NEW not in told.text


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("old_password", {"old_password": "wrong-password"}),
        ("new_password2", {"new_password2": "something-else"}),
        ("new_password1", {"new_password1": "short", "new_password2": "short"}),
        ("new_password1", {"new_password1": "password1", "new_password2": "password1"}),
    ],
)
def test_a_bad_change_is_an_error_at_its_field(as_alice, field, changes):
    response = as_alice.post(CHANGE, RIGHT | changes)
    assert response.status_code == 200
    assert errors_at(response, field)
    assert SESSION_KEY in sign_in().session


def test_an_open_session_cannot_guess_the_old_password(as_alice):
    for _ in range(5):
        wrong = as_alice.post(CHANGE, RIGHT | {"old_password": "wrong-password"})
        assert wrong.status_code == 200
    assert as_alice.post(CHANGE, RIGHT).status_code == 429
    assert SESSION_KEY not in sign_in(NEW).session
