"""One-time codes: row A2, and lines 4 to 10 of the list of attacks."""

import logging
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from accounts.codes import CodeProcess
from accounts.models import OneTimeCode
from accounts.refusals import WrongCode
from accounts.tests.factories import another, code_sent_to
from accounts.tests.parallel import at_once
from shop import clock, policy, sms
from shop.models import OutgoingMessage
from shop.refusals import Throttled

PHONE, TYPED = "+8613800138000", "13800138000"


def process(session="a", target=PHONE, purpose="register"):
    return CodeProcess(purpose, target, session)


def send(**changes):
    process(**changes).send(language="en")
    return code_sent_to(TYPED)


@pytest.fixture
def now(db):
    moment = clock.now()
    with clock.at(moment):
        yield moment


def later(now, **span):
    return clock.at(now + timedelta(**span))


def test_a_code_serves_once(now):
    digits = send()
    proof = process().check(digits)
    process().spend(proof)
    with pytest.raises(WrongCode):
        process().check(digits)
    with pytest.raises(WrongCode):
        process().spend(proof)


def test_a_code_is_good_for_five_minutes(now):
    digits = send()
    with later(now, seconds=299):
        proof = process().check(digits)
    with later(now, seconds=301):
        with pytest.raises(WrongCode):
            process().check(digits)
        with pytest.raises(WrongCode):
            process().spend(proof)


def test_the_fifth_try_may_be_right(now):
    digits = send()
    for _number in range(4):
        with pytest.raises(WrongCode):
            process().check(another(digits))
    assert process().check(digits)


def test_five_wrong_tries_kill_a_code(now):
    digits = send()
    for _number in range(5):
        with pytest.raises(WrongCode):
            process().check(another(digits))
    with pytest.raises(WrongCode):
        process().check(digits)


def test_only_the_newest_code_counts(now):
    old = send()
    with later(now, seconds=61):
        new = send()
        if old != new:
            with pytest.raises(WrongCode):
                process().check(old)
        assert process().check(new)


def test_a_newer_code_ends_an_older_one_everywhere(now):
    digits = send()
    proof = process().check(digits)
    with later(now, seconds=61):
        send(session="b")
        with pytest.raises(WrongCode):
            process().check(digits)
        with pytest.raises(WrongCode):
            process().spend(proof)


@pytest.mark.parametrize(
    "other", [{"session": "b"}, {"target": "+8613900139000"}, {"purpose": "reset"}]
)
def test_a_code_is_bound_to_session_target_and_purpose(now, other):
    digits = send()
    with pytest.raises(WrongCode):
        process(**other).check(digits)
    # A stranger's guess costs the owner nothing.
    assert OneTimeCode.objects.get().tries_left == 5


def test_another_code_comes_after_sixty_seconds(now):
    send()
    with later(now, seconds=59), pytest.raises(Throttled) as refusal:
        send(session="b")
    assert refusal.value.retry_after == 1
    with later(now, seconds=60):
        send()
    assert OneTimeCode.objects.count() == 2


def test_five_codes_an_hour_go_to_one_target(now):
    for minute in range(0, 50, 10):
        with later(now, minutes=minute):
            send(session=str(minute))
    with later(now, minutes=50), pytest.raises(Throttled) as refusal:
        send()
    assert refusal.value.retry_after == 600
    with later(now, minutes=50):
        process(target="+8613900139000").send(language="en")
    with later(now, minutes=60, seconds=1):
        send()


def test_other_purposes_count_in_the_hour_too(now):
    OneTimeCode.objects.bulk_create(
        OneTimeCode(
            purpose="reset",
            target=process().place,
            tries_left=5,
            created_at=now,
            expires_at=now,
        )
        for _number in range(5)
    )
    with pytest.raises(Throttled):
        send()


def test_staff_may_change_the_numbers(now):
    policy.change("code_minutes", "1")
    policy.change("code_tries", "1")
    digits = send()
    with later(now, seconds=61), pytest.raises(WrongCode):
        process().check(digits)
    with pytest.raises(WrongCode):
        process().check(another(digits))
    with pytest.raises(WrongCode):
        process().check(digits)


def test_the_digits_are_stored_nowhere(now):
    digits = send()
    row = OneTimeCode.objects.values().get()
    assert not any(digits in str(value) for value in row.values())
    message = OutgoingMessage.objects.values().get()
    assert message["is_secret"]
    assert digits not in message["stored_text"]
    assert message["expires_at"] == now + timedelta(minutes=5)


def test_the_same_digits_look_different_for_another_target():
    assert process()._digest("123456") != process(target="x@y.z")._digest("123456")


def test_codes_are_spread_over_all_six_digits(now, many):
    """A generator with a seed or a bias would repeat itself, or lack leading zeros."""
    count = many(quick=300, thorough=5000)
    policy.change("code_resend_seconds", "10")
    policy.change("code_hourly_per_target", "50")
    seen = []
    for number in range(count):
        CodeProcess("register", f"{number}@example.com", "a").send(language="en")
        seen.append(code_sent_to(f"{number}@example.com"))
    assert len(set(seen)) > count * 0.95
    first_digits = Counter(code[0] for code in seen)
    assert len(first_digits) == 10
    assert max(first_digits.values()) < count * 0.2


def test_a_mail_goes_to_a_target_that_is_a_mail(now):
    process(target="zoe@x.com").send(language="en")
    message = OutgoingMessage.objects.get()
    assert (message.channel, message.recipient) == ("mail", "zoe@x.com")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_code_leaves_when_the_request_commits(client, caplog):
    caplog.set_level(logging.DEBUG)
    response = client.post("/accounts/register/code/", {"phone": TYPED}, follow=True)
    [(receiver, text)] = sms.memory
    digits = code_sent_to(TYPED)
    assert receiver == TYPED
    assert digits in text
    assert digits not in response.content.decode()
    assert digits not in caplog.text
    # Sent, it is gone.
    assert OutgoingMessage.objects.get().stored_text == ""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_text_message_speaks_the_pages_language(client):
    client.post("/en/accounts/register/code/", {"phone": TYPED})
    assert "your code to register is" in sms.memory[0][1]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_codes_asked_for_at_once_one_is_sent():
    send_one = [
        lambda n=n: process(session=str(n)).send(language="en") for n in range(8)
    ]
    results = at_once(*send_one)
    assert sum(isinstance(result, Throttled) for result in results) == 7
    assert len(sms.memory) == OneTimeCode.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_guesses_at_once_five_are_looked_at(monkeypatch, many):
    send()
    looked_at = []
    original = CodeProcess._digest

    def counting(self, digits):
        looked_at.append(digits)
        return original(self, digits)

    monkeypatch.setattr(CodeProcess, "_digest", counting)
    guesses = [
        lambda n=n: process().check(f"{n:06}")
        for n in range(many(quick=12, thorough=50))
    ]
    at_once(*guesses)
    assert len(looked_at) == 5
    assert OneTimeCode.objects.get().tries_left == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_code_used_at_once_serves_once():
    proof = process().check(send())
    results = at_once(*[lambda: process().spend(proof)] * 6)
    assert sum(isinstance(result, WrongCode) for result in results) == 5


def test_a_code_outlives_a_new_csrf_token(db):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/register/")
    client.post(
        "/accounts/register/code/",
        {"phone": TYPED, "csrfmiddlewaretoken": page.context["csrf_token"]},
    )
    del client.cookies["csrftoken"]
    page = client.get("/accounts/register/")
    response = client.post(
        "/accounts/register/",
        {
            "phone": TYPED,
            "code": code_sent_to(TYPED),
            "password1": "blue-lantern-42",
            "password2": "blue-lantern-42",
            "csrfmiddlewaretoken": page.context["csrf_token"],
        },
    )
    assert response.status_code == 302
