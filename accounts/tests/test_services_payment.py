from datetime import timedelta

import pytest

from accounts.refusals import (
    NoPaymentPassword,
    PaymentPasswordLocked,
    WrongPaymentPassword,
)
from accounts.services.passwords import set_payment_password
from accounts.services.payment import verify_payment_password
from accounts.tests.factories import PASSWORD, PAYMENT_PASSWORD, make_alice
from accounts.tests.parallel import at_once
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    alice = make_alice()
    set_payment_password(
        user=alice, password=PASSWORD, payment_password=PAYMENT_PASSWORD
    )
    return alice


def guess(user, digits="999990"):
    """Return attempts left, or the seconds of the lock, or None if it was right."""
    try:
        verify_payment_password(user_id=user.pk, digits=digits)
    except WrongPaymentPassword as refusal:
        return refusal.data["attempts_left"]
    except PaymentPasswordLocked as refusal:
        return f"{refusal.retry_after} s"
    return None


def test_the_right_one_passes(alice):
    assert guess(alice, PAYMENT_PASSWORD) is None


def test_without_one_there_is_nothing_to_guess():
    with pytest.raises(NoPaymentPassword):
        verify_payment_password(user_id=make_alice().pk, digits="")


def test_five_wrong_ones_lock_it_for_the_right_one_too(alice):
    assert [guess(alice) for _ in range(5)] == [4, 3, 2, 1, 0]
    locked = guess(alice, PAYMENT_PASSWORD)
    assert locked in ("300 s", "299 s")


def test_a_right_one_in_time_clears_the_strikes(alice):
    for _ in range(4):
        guess(alice)
    assert guess(alice, PAYMENT_PASSWORD) is None
    assert guess(alice) == 4


def test_locks_grow_longer(alice):
    moment = clock.now()
    with clock.at(moment):
        for _ in range(5):
            guess(alice)
    for minutes in (5, 10, 30, 60, 24 * 60, 24 * 60):
        with clock.at(moment + timedelta(minutes=minutes, seconds=-1)):
            assert guess(alice, PAYMENT_PASSWORD) == "1 s"
        moment += timedelta(minutes=minutes)
        with clock.at(moment):
            assert guess(alice) == 0
            assert guess(alice).endswith(" s")


def test_a_new_payment_password_unlocks(alice):
    for _ in range(5):
        guess(alice)
    set_payment_password(user=alice, password=PASSWORD, payment_password="135791")
    assert guess(alice, "135791") is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_guesses_at_once_count_like_guesses_one_by_one(many):
    alice = make_alice()
    set_payment_password(
        user=alice, password=PASSWORD, payment_password=PAYMENT_PASSWORD
    )
    number = many(quick=12, thorough=50)
    results = at_once(*[lambda: guess(alice) for _ in range(number)])
    evaluated = [result for result in results if isinstance(result, int)]
    assert len(evaluated) == 5, results
    assert all(str(r).endswith(" s") for r in results if r not in evaluated)
