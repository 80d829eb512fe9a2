"""The payment password on its pages, and forgotten (row A7)."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.refusals import PaymentPasswordLocked, WrongPaymentPassword
from accounts.services.passwords import set_payment_password
from accounts.services.payment import verify_payment_password
from accounts.tests.factories import PASSWORD, another, code_sent_to
from accounts.tests.pages import errors_at
from shop import clock
from shop.models import OutgoingMessage

SET = "/accounts/payment-password/"
CODE, FORGOT = f"{SET}code/", f"{SET}forgot/"
PHONE, MAIL = "13800138000", "alice@example.com"
OLD, NEW = "246813", "975310"
JSON = {"Accept": "application/json"}
DIGITS = {"payment_password1": NEW, "payment_password2": NEW}

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(alice):
    set_payment_password(user=alice, password=PASSWORD, payment_password=OLD)
    User.objects.filter(pk=alice.pk).update(email=MAIL)
    return alice


def reset(client, code, **changes):
    return client.post(FORGOT, {"code": code, **DIGITS, **changes})


def lock(user):
    for _ in range(5):
        with pytest.raises(WrongPaymentPassword):
            verify_payment_password(user_id=user.pk, digits="135799")
    with pytest.raises(PaymentPasswordLocked):
        verify_payment_password(user_id=user.pk, digits=OLD)


def test_a_code_sets_it_anew_and_ends_the_lock(as_alice, alice):
    lock(alice)
    assert as_alice.post(CODE).status_code == 302
    assert reset(as_alice, code_sent_to(PHONE)).status_code == 302
    verify_payment_password(user_id=alice.pk, digits=NEW)


def test_the_code_can_go_to_the_bound_email(as_alice, alice):
    as_alice.post(CODE, {"to": "email"})
    page = as_alice.get(FORGOT).text
    assert 'value="email" id="id_to_1" checked' in page.replace("  ", " ")
    assert reset(as_alice, code_sent_to(MAIL)).status_code == 302
    verify_payment_password(user_id=alice.pk, digits=NEW)


def test_it_goes_to_the_own_phone_and_to_no_other(as_alice):
    as_alice.post(CODE, {"to": "15900159000", "phone": "15900159000"})
    as_alice.post(CODE, {"phone": "15900159000", "target": "x@y.com"})
    told = OutgoingMessage.objects.filter(kind="payment_password_code")
    assert [message.recipient for message in told] == [PHONE]


@pytest.mark.parametrize("to", ["nobody", "15900159000", "email "])
def test_an_unknown_place_is_refused(as_alice, to):
    response = as_alice.post(CODE, {"to": to}, headers=JSON)
    assert (response.status_code, response.json()["error"]) == (400, "invalid")


def test_without_a_bound_email_none_is_offered(as_bob):
    assert as_bob.post(CODE, {"to": "email"}, headers=JSON).status_code == 400
    assert "email" not in as_bob.get(FORGOT).text.partition('name="to"')[2][:300]


def test_json_says_that_it_was_sent_and_when_it_was_too_soon(as_alice):
    assert as_alice.post(CODE, headers=JSON).json()["ok"] is True
    again = as_alice.post(CODE, headers=JSON)
    assert (again.status_code, again.json()["error"]) == (429, "throttled")
    assert int(again["Retry-After"]) <= 60


def test_a_wrong_code_changes_nothing(as_alice, alice):
    as_alice.post(CODE)
    response = reset(as_alice, another(code_sent_to(PHONE)))
    assert response.status_code == 200
    assert errors_at(response, "code")
    verify_payment_password(user_id=alice.pk, digits=OLD)


def test_a_code_for_a_new_login_password_does_not_do(as_alice, alice):
    as_alice.post("/accounts/password/forgot/", {"identifier": PHONE})
    as_alice.post("/accounts/password/verify/send/")
    assert reset(as_alice, code_sent_to(PHONE)).status_code == 200
    verify_payment_password(user_id=alice.pk, digits=OLD)


def test_a_code_serves_once(as_alice):
    as_alice.post(CODE)
    code = code_sent_to(PHONE)
    assert reset(as_alice, code).status_code == 302
    assert reset(as_alice, code).status_code == 200


def test_a_code_is_too_old_after_five_minutes(as_alice, alice):
    moment = clock.now()
    with clock.at(moment):
        as_alice.post(CODE)
        code = code_sent_to(PHONE)
    with clock.at(moment + timedelta(seconds=301)):
        assert reset(as_alice, code).status_code == 200
    verify_payment_password(user_id=alice.pk, digits=OLD)


def test_of_six_guesses_the_sixth_is_not_looked_at(as_alice):
    as_alice.post(CODE)
    code = code_sent_to(PHONE)
    for _ in range(5):
        reset(as_alice, another(code))
    assert reset(as_alice, code).status_code == 200


@pytest.mark.parametrize("digits", ["111111", "123456", "654321", "12345", "abcdef"])
def test_weak_digits_cost_no_code(as_alice, digits):
    as_alice.post(CODE)
    code = code_sent_to(PHONE)
    weak = {"payment_password1": digits, "payment_password2": digits}
    assert errors_at(reset(as_alice, code, **weak), "payment_password1")
    assert reset(as_alice, code).status_code == 302


def test_the_owner_hears_of_new_digits(as_alice):
    as_alice.post(CODE)
    reset(as_alice, code_sent_to(PHONE))
    told = OutgoingMessage.objects.get(kind="payment_password_changed")
    assert (told.recipient, NEW in told.text) == (PHONE, False)


def test_an_open_session_cannot_guess_the_login_password_here(as_alice):
    for _ in range(5):
        assert as_alice.post(SET, {"password": "wrong", **DIGITS}).status_code == 200
    right = as_alice.post(SET, {"password": PASSWORD, **DIGITS})
    assert right.status_code == 429


def test_the_way_back_to_the_payment_is_kept(as_alice):
    back = "/orders/"
    page = as_alice.get(f"{FORGOT}?next={back}").text
    assert f'name="next" value="{back}"' in page
    as_alice.post(CODE)
    response = reset(as_alice, code_sent_to(PHONE), next=back)
    assert response["Location"] == back


def test_an_email_bound_a_moment_ago_opens_nothing_without_the_password(as_alice):
    as_alice.post("/accounts/email/code/", {"email": "thief@example.com"})
    sent = {"email": "thief@example.com", "code": code_sent_to("thief@example.com")}
    assert as_alice.post("/accounts/email/", sent).status_code == 302
    for answer in (as_alice.post(CODE, {"to": "email"}), as_alice.get(FORGOT)):
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/password/confirm/")
    assert not OutgoingMessage.objects.filter(kind="payment_password_code").exists()
