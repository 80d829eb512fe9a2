"""Tokens: which open the door, how often one may try (row A13)."""

import base64
from collections import Counter
from datetime import timedelta

import pytest

from accounts.models import Authenticator, Budget
from accounts.models.second_factor import MOST_FAILURES
from accounts.refusals import WrongToken
from accounts.services import second_factor as services
from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from accounts.tests.second_factor.desk import (
    NOON,
    PHONE,
    TOKEN,
    give,
    impatient,
    is_inside,
    set_up,
    sign_in,
    wrong,
)
from accounts.tests.totp import token_of
from shop import clock, secret_text
from shop.refusals import Refusal, Throttled

pytestmark = pytest.mark.django_db

RFC_KEY = base64.b32encode(b"12345678901234567890").decode()
#: RFC 6238, appendix B, SHA1: the last six of its eight digits.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("at", "token"), VECTORS)
def test_the_known_answers_of_the_rfc(root, device, monkeypatch, at, token):
    assert token_of(RFC_KEY, at=at, digits=8) == token
    device.hidden_key = secret_text.hide(RFC_KEY)
    device.save()
    monkeypatch.setattr("accounts.models.second_factor.time", lambda: at)
    assert services.verify(user_id=root.pk, token=token[2:]) == device


@pytest.mark.parametrize(
    ("offset", "opens"), [(-60, 0), (-30, 1), (0, 1), (30, 1), (60, 0)]
)
def test_a_phone_may_be_half_a_minute_off(root, device, offset, opens):
    client = sign_in()
    response = give(client, token_of(device.key, at=NOON + offset))
    assert response.status_code == (302 if opens else 200)
    assert is_inside(client) is bool(opens)


def test_a_token_works_once_and_none_before_it(root, device, phone_clock):
    token, earlier = token_of(device.key, at=NOON), token_of(device.key, at=NOON - 30)
    assert give(sign_in(), token).status_code == 302
    client = sign_in()
    for used in (token, earlier):
        response = give(client, used)
        assert response.status_code == 200
        assert "used already" in response.text
        impatient(device)
    phone_clock(30)
    assert give(client, token_of(device.key, at=NOON + 30)).status_code == 302


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.translate({48 + n: 0xFF10 + n for n in range(10)}),
        lambda t: f" {t[:3]} {t[3:]} ",
    ],
)
def test_full_width_digits_and_spaces_are_digits(root, device, write):
    assert give(sign_in(), write(token_of(device.key, at=NOON))).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "-12345",
        "1e5",
        "abcdef",
        "\x00",
        "²²²²²²",
        "٠١٢٣٤٥",
        "🐱",
    ],
)
def test_odd_tokens_are_no_500(root, device, typed):
    client = sign_in()
    for fields in ({"token": typed}, {"recovery_code": typed}):
        assert client.post(TOKEN, fields).status_code in (200, 429)
        impatient(device)
    assert not is_inside(client)


def test_a_key_that_cannot_be_read_opens_nothing(root, device):
    # The tokens of an empty key are known to everybody.
    device.hidden_key = "no longer to be opened"
    device.save()
    assert device.key == ""
    client = sign_in()
    for key in ("", "AAAAAAAA"):
        assert give(client, token_of(key, at=NOON)).status_code == 200
        impatient(device)
    assert not is_inside(client)


def test_five_tries_and_then_a_wait(root, device):
    client, moment = sign_in(), clock.now()
    token = token_of(device.key, at=NOON)
    with clock.at(moment):
        for _number in range(5):
            assert give(client, wrong(token)).status_code == 200
            impatient(device)
        response = give(client, token)
        assert response.status_code == 429
        assert "15 minutes" in response.text
        assert response["Retry-After"] == "900"
        # Nor from another session, nor with a recovery code.
        other = sign_in()
        assert give(other, token).status_code == 429
        assert other.post(TOKEN, {"recovery_code": "x"}).status_code == 429
    with clock.at(moment + timedelta(minutes=15, seconds=-1)):
        assert give(client, token).status_code == 429
    with clock.at(moment + timedelta(minutes=15)):
        assert give(client, token).status_code == 302


def test_after_a_wrong_token_the_device_pauses(root, device):
    client, token = sign_in(), token_of(device.key, at=NOON)
    assert give(client, wrong(token)).status_code == 200
    response = give(client, token)
    assert response.status_code == 429
    assert "1 second" in response.text
    # What was not looked at cost nothing.
    assert Budget.objects.get(pk=services._budget_of(root.pk)).used == 1


def test_the_pause_grows_no_more_than_the_owner_can_bear(root, device):
    for _number in range(MOST_FAILURES + 5):
        device.throttle_increment()
    _allowed, reason = device.verify_is_allowed()
    pause = reason["locked_until"] - device.throttling_failure_timestamp
    assert pause == timedelta(seconds=512)


def test_a_right_token_starts_anew(root, device, phone_clock):
    client, token = sign_in(), token_of(device.key, at=NOON)
    for _number in range(4):
        give(client, wrong(token))
        impatient(device)
    assert give(client, token).status_code == 302
    phone_clock(30)
    other = sign_in()
    for _number in range(4):
        assert give(other, wrong(token_of(device.key, at=NOON + 30))).status_code == 200
        impatient(device)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_clicks_at_once_one_token_is_accepted_once(many):
    root = make_user(phone=PHONE, is_staff=True)
    device = set_up(root)
    for round_number in range(many(quick=6, thorough=30)):
        Authenticator.objects.update(last_step=-1, throttling_failure_count=0)
        Budget.objects.all().delete()
        token = token_of(device.key, at=NOON)

        def show(token=token):
            return services.verify(user_id=root.pk, token=token)

        results = at_once(*[show] * 4)
        opened = [each for each in results if isinstance(each, Authenticator)]
        assert len(opened) == 1, (round_number, results)
        assert all(isinstance(e, (Authenticator, Refusal)) for e in results), results


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_guesses_at_once_five_are_looked_at(monkeypatch, many):
    root = make_user(phone=PHONE, is_staff=True)
    device = set_up(root)
    looked = []
    # Without the device's own pause, which would let even fewer through.
    monkeypatch.setattr(Authenticator, "get_throttle_factor", lambda self: 0)
    fits = Authenticator._fits
    monkeypatch.setattr(
        Authenticator, "_fits", lambda self, t: looked.append(t) or fits(self, t)
    )
    guess = wrong(token_of(device.key, at=NOON))
    number = many(quick=12, thorough=50)
    answers = at_once(*[lambda: services.verify(user_id=root.pk, token=guess)] * number)
    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {WrongToken: 5, Throttled: number - 5}
    assert len(looked) == 5
