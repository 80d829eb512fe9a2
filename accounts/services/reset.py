"""A forgotten password, in stages: who, the code that proves it, a new one (row A3)."""

from django.views.decorators.debug import sensitive_variables

from accounts import identifiers
from accounts.codes import CodeProcess
from accounts.models import OneTimeCode, User
from accounts.refusals import UnknownAccount
from accounts.throttle import counted_code, reserve_hourly
from shop.retry import whole_deed


def reserve_identification(*, address: str) -> None:
    """Take one of the hourly tries of a network address to name an account (row A4).

    The page does say that an account is unknown; so probing is slow. Raises Throttled.
    """
    reserve_hourly("forgot", address, "forgot_hourly_per_address")


def identify(*, identifier: str) -> tuple[User, str]:
    """Return the account that was named, and where its code goes: phone or e-mail.

    Raises UnknownAccount.
    """
    user = User.objects.identified_by(identifier)
    if user is None or not user.is_active:
        raise UnknownAccount
    _column, target = identifiers.read(identifier)
    return user, target


def send_reset_code(
    *, user: User, target: str, session: str, address: str, language: str
) -> None:
    """Send the code to where it was said. Raises Throttled."""
    with counted_code(address):
        _process(target, session).send(language=language, account_id=user.pk)


@sensitive_variables("code")
def verify_reset_code(*, target: str, session: str, code: str) -> None:
    """Use the code up. Raises WrongCode: wrong, used, expired, or out of tries."""
    process = _process(target, session)
    proof = process.check(code)
    _spend(process, proof)


@whole_deed
def _spend(process: CodeProcess, proof: int) -> None:
    process.spend(proof)


def _process(target: str, session: str) -> CodeProcess:
    return CodeProcess(OneTimeCode.Purpose.RESET, target, session)
