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
from accounts.throttle import counted_code
from shop.retry import whole_deed

PURPOSE = OneTimeCode.Purpose.PAYMENT_PASSWORD


@sensitive_variables("password")
def set_password(*, user: User, password: str, keep_session: str = "") -> None:
    """Give the account a new login password; its sessions end, but the one to keep.

    The password has passed the validators.
    """
    _write_password(user.pk, make_password(password), keep_session)


@whole_deed
def _write_password(user_id: int, hashed: str, keep_session: str) -> None:
    user = User.objects.select_for_update().get(pk=user_id)
    User.objects.filter(pk=user_id).update(password=hashed)
    # The new hash shuts them out by itself; this takes them off the list of devices.
    Session.objects.of(user).exclude(pk=keep_session).delete()
    notices.tell(user, notices.CHANGED["password"])


@sensitive_variables("password", "payment_password")
def set_payment_password(*, user: User, password: str, payment_password: str) -> None:
    """Set or change the six digits that guard the balance and receipt.

    Raises WrongPassword when `password` is not the login password, and
    WeakPaymentPassword for digits that are easily guessed or the login password too.
    """
    if not user.check_password(password):
        raise WrongPassword
    _refuse_weak(user, payment_password)
    _write_payment_password(user.pk, make_password(payment_password))


def send_payment_password_code(
    *, target: str, session: str, address: str, language: str
) -> None:
    """Send the code to the account's phone or bound e-mail. Raises Throttled."""
    with counted_code(address):
        CodeProcess(PURPOSE, target, session).send(language=language)


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
def _write_payment_password(user_id: int, hashed: str) -> None:
    _replace_payment_password(user_id, hashed)


def _replace_payment_password(user_id: int, hashed: str) -> None:
    user = User.objects.select_for_update().get(pk=user_id)
    User.objects.filter(pk=user_id).update(
        payment_password=hashed, payment_strikes=0, payment_locked_until=None
    )
    if user.has_payment_password:
        notices.tell(user, notices.CHANGED["payment_password"])


@sensitive_variables("payment_password")
def _refuse_weak(user: User, payment_password: str) -> None:
    try:
        rules.validate(payment_password)
    except ValidationError as error:
        raise WeakPaymentPassword(error.messages[0]) from error
    if user.check_password(payment_password):
        raise WeakPaymentPassword(_("It must not be the same as your login password."))
