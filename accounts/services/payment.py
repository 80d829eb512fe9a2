"""The payment password at work: it guards paying from the balance, and receipt (A7)."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db.models import Case, F, Q, Value, When
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.refusals import (
    NoPaymentPassword,
    PaymentPasswordLocked,
    WrongPaymentPassword,
)
from shop import clock
from shop.retry import whole_deed

#: How long so many wrong ones in a row lock it (docs/order-life-cycle.md).
LOCKS = {
    5: timedelta(minutes=5),
    6: timedelta(minutes=10),
    7: timedelta(minutes=30),
    8: timedelta(hours=1),
}
LONGEST_LOCK = timedelta(hours=24)
FIRST_LOCK = min(LOCKS)


@sensitive_variables("digits")
def verify_payment_password(*, user_id: int, digits: str) -> None:
    """Pass only if these are the account's payment password. Call outside transactions.

    A try costs a strike before the digits are looked at, whatever becomes of the deed,
    so that guesses sent at once count like guesses one by one; success clears them.
    Raises NoPaymentPassword, PaymentPasswordLocked, WrongPaymentPassword.
    """
    now = clock.now()
    user = User.objects.only("payment_password").get(pk=user_id)
    if not user.has_payment_password:
        raise NoPaymentPassword
    if not _reserve_strike(user_id, now):
        raise _locked(user_id, now)
    if not check_password(digits, user.payment_password):
        strikes = User.objects.values_list("payment_strikes", flat=True).get(pk=user_id)
        raise WrongPaymentPassword(max(0, FIRST_LOCK - strikes))
    _clear_strikes(user_id)


@whole_deed
def _reserve_strike(user_id: int, now: datetime) -> bool:
    unlocked = Q(payment_locked_until__isnull=True) | Q(payment_locked_until__lte=now)
    # The lock before the count: MySQL computes from left to right with new values.
    reserved = User.objects.filter(unlocked, pk=user_id).update(
        payment_locked_until=_lock_of_next_strike(now),
        payment_strikes=F("payment_strikes") + 1,
    )
    return reserved == 1


def _lock_of_next_strike(now: datetime) -> Case:
    locks = [
        When(payment_strikes=strikes - 1, then=Value(now + lock))
        for strikes, lock in LOCKS.items()
    ]
    few = When(payment_strikes__lt=FIRST_LOCK - 1, then=Value(None))
    return Case(few, *locks, default=Value(now + LONGEST_LOCK))


@whole_deed
def _clear_strikes(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(payment_strikes=0, payment_locked_until=None)


def _locked(user_id: int, now: datetime) -> PaymentPasswordLocked:
    until = User.objects.values_list("payment_locked_until", flat=True).get(pk=user_id)
    seconds = (until - now).total_seconds() if until else 0
    return PaymentPasswordLocked(int(-(-seconds // 1)))
