"""Changing the login password (row A6)."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import Session, User
from accounts.refusals import WrongPassword
from accounts.services.passwords import set_password
from accounts.tests.factories import PASSWORD
from accounts.tests.pages import errors_at
from accounts.views import password
from shop import policy
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
        ("new_password1", {"new_password1": PASSWORD, "new_password2": PASSWORD}),
        (
            "new_password1",
            {"new_password1": "13800138000abc", "new_password2": "13800138000abc"},
        ),
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


def test_of_two_changes_at_once_the_one_with_a_gone_password_loses(as_alice, alice):
    """A thief's change in flight must not undo the owner's reset."""
    stale = User.objects.get(pk=alice.pk)
    set_password(user=alice, password="the-owners-new-one")
    with pytest.raises(WrongPassword):
        set_password(user=stale, password=NEW)
    assert SESSION_KEY in sign_in("the-owners-new-one").session


def test_a_session_does_not_take_over_a_password_that_another_hand_set(
    as_alice, alice, monkeypatch
):
    def overtaken(**kwargs):
        hashed = set_password(**kwargs)
        User.objects.filter(pk=alice.pk).update(password=make_password("the-owners"))
        return hashed

    monkeypatch.setattr(password.services, "set_password", overtaken)
    as_alice.post(CHANGE, RIGHT)
    assert as_alice.get("/accounts/").status_code == 302


def test_a_password_is_changed_so_often_an_hour(as_alice):
    policy.change("password_changes_hourly", "1")
    assert as_alice.post(CHANGE, RIGHT).status_code == 302
    again = {"old_password": NEW, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert as_alice.post(CHANGE, again).status_code == 429
    assert OutgoingMessage.objects.count() == 1
