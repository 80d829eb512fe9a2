import pytest

from accounts.models import OneTimeCode, User
from accounts.refusals import PhoneTaken, WrongCode
from accounts.services.registration import register, send_register_code
from accounts.tests.factories import PASSWORD, another, code_sent_to, make_alice
from accounts.tests.parallel import at_once

PHONE, TYPED = "+8613800138000", "13800138000"


def sign_up(code, session="a", **changes):
    wish = {
        "phone": PHONE,
        "code": code,
        "password": PASSWORD,
        "nickname": "Alice",
        "language": "en",
        "session": session,
    }
    return register(**{**wish, **changes})


def send():
    send_register_code(phone=PHONE, session="a", address="a", language="en")
    return code_sent_to(TYPED)


@pytest.mark.django_db
def test_register_opens_an_account_with_a_wallet():
    alice = sign_up(send())
    assert alice.check_password(PASSWORD)
    assert (alice.language, alice.nickname) == ("en", "Alice")
    assert alice.wallet.balance == 0
    assert OneTimeCode.objects.get().is_over


@pytest.mark.django_db
def test_a_phone_with_an_account_gets_no_code():
    make_alice()
    with pytest.raises(PhoneTaken):
        send()
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db
def test_a_wrong_code_opens_nothing_and_costs_a_try():
    with pytest.raises(WrongCode):
        sign_up(another(send()))
    assert not User.objects.exists()
    assert OneTimeCode.objects.get().tries_left == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_phone_taken_meanwhile_undoes_the_whole_deed(monkeypatch):
    code = send()
    make_alice()
    # As if the other registration committed just after our look.
    monkeypatch.setattr(User.objects, "filter", lambda **kwargs: User.objects.none())
    with pytest.raises(PhoneTaken):
        sign_up(code)
    monkeypatch.undo()
    assert User.objects.count() == 1
    assert not OneTimeCode.objects.get().is_over


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_registrations_at_once_one_wins():
    code = send()
    results = at_once(*[lambda: sign_up(code)] * 4)
    won = [result for result in results if isinstance(result, User)]
    lost = [result for result in results if isinstance(result, PhoneTaken | WrongCode)]
    assert (len(won), len(lost)) == (1, 3), results
    assert User.objects.count() == 1
