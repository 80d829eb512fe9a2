"""New passwords: the login password (row A6) and the payment password (row A7)."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import notices
from accounts import payment_password as rules
from accounts.codes import CodeProcess
from accounts.models import OneTimeCode, Session, User
from accounts.refusals import WeakPaymentPassword, WrongPassword
from accounts.throttle import counted_code, reserve_hourly
from shop import journal
from shop.retry import whole_deed

PURPOSE = OneTimeCode.Purpose.PAYMENT_PASSWORD


@sensitive_variables("password")
def set_password(*, user: User, password: str, keep_session: str = "") -> str:
    """Give the account a new login password; its sessions end, but the one to keep.

    `user` is the account as it was when the deed was allowed; the password has passed
    the validators. Returns the new hash. Raises WrongPassword when somebody has set
    another password meanwhile, and Throttled.
    """
    reserve_hourly("password", str(user.pk), "password_changes_hourly")
    hashed = make_password(password)
    _write_password(user, hashed, keep_session)
    return hashed


@whole_deed
def _write_password(user: User, hashed: str, keep_session: str) -> None:
    now = User.objects.select_for_update().get(pk=user.pk)
    # Guarded: of two changes at once the second was allowed by a password that is gone.
    unchanged = User.objects.filter(pk=user.pk, password=user.password)
    if not unchanged.update(password=hashed):
        raise WrongPassword
    # The new hash shuts them out by itself; this takes them off the list of devices.
    Session.objects.of(user).exclude(pk=keep_session).delete()
    notices.tell(now, notices.CHANGED["password"])
    journal.record(journal.Kind.PASSWORD_CHANGED, about=user)


@sensitive_variables("password", "payment_password")
def set_payment_password(*, user: User, password: str, payment_password: str) -> None:
    """Set or change the six digits that guard the balance and receipt.

    Raises WrongPassword when `password` is not the login password, and
    WeakPaymentPassword for digits that are easily guessed or the login password too.
    """
    if not user.check_password(password):
        raise WrongPassword
    _refuse_weak(user, payment_password)
    reserve_hourly("password", str(user.pk), "password_changes_hourly")
    _write_payment_password(user, make_password(payment_password))


def send_payment_password_code(
    *, user: User, target: str, session: str, address: str, language: str
) -> None:
    """Send the code to the account's phone or bound e-mail. Raises Throttled."""
    with counted_code(address):
        CodeProcess(PURPOSE, target, session).send(
            language=language, account_id=user.pk
        )


@sensitive_variables("code", "payment_password")
def reset_payment_password(
    *, user: User, target: str, session: str, code: str, payment_password: str
) -> None:
    """Set the six digits anew with the code that came; an earned lock is over.

    Raises WrongCode, WeakPaymentPassword.
    """
    _refuse_weak(user, payment_password)
    process = CodeProcess(PURPOSE, target, session)
    proof = process.check(code)
    _reset_payment_password(user.pk, make_password(payment_password), process, proof)


@whole_deed
def _reset_payment_password(
    user_id: int, hashed: str, process: CodeProcess, proof: int
) -> None:
    process.spend(proof)
    _replace_payment_password(user_id, hashed)


@whole_deed
def _write_payment_password(user: User, hashed: str) -> None:
    now = _replace_payment_password(user.pk, hashed)
    if now.password != user.password:
        raise WrongPassword  # and all is undone


def _replace_payment_password(user_id: int, hashed: str) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    User.objects.filter(pk=user_id).update(
        payment_password=hashed, payment_strikes=0, payment_locked_until=None
    )
    journal.record(journal.Kind.PAYMENT_PASSWORD_CHANGED, about=user)
    if user.has_payment_password:
        notices.tell(user, notices.CHANGED["payment_password"])
    return user


@sensitive_variables("payment_password")
def _refuse_weak(user: User, payment_password: str) -> None:
    try:
        rules.validate(payment_password)
    except ValidationError as error:
        raise WeakPaymentPassword(error.messages[0]) from error
    if user.check_password(payment_password):
        raise WeakPaymentPassword(_("It must not be the same as your login password."))
