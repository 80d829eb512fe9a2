"""How an account comes to be."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.views.decorators.debug import sensitive_variables

from accounts.codes import CodeProcess
from accounts.models import OneTimeCode, User
from accounts.refusals import PhoneTaken
from accounts.throttle import counted_code
from shop.retry import whole_deed


def send_register_code(
    *, phone: str, session: str, address: str, language: str
) -> None:
    """Send the code that proves a phone to be in the visitor's hand.

    Raises PhoneTaken, or Throttled when one was sent a moment ago or too many lately.
    """
    with counted_code(address):
        if User.objects.filter(phone=phone).exists():
            raise PhoneTaken
        _process(phone, session).send(language=language)


@sensitive_variables("code", "password")
def register(
    *,
    phone: str,
    code: str,
    password: str,
    nickname: str,
    language: str,
    session: str,
) -> User:
    """Open an account for a phone that the code proves. The whole deed or nothing.

    Raises WrongCode, or PhoneTaken, also when two do it at once; only who has the
    code is told. `phone` is in its stored spelling; the password has passed the
    validators.
    """
    process = _process(phone, session)
    proof = process.check(code)
    hashed_password = make_password(password)
    try:
        return _open_account(process, proof, hashed_password, nickname, language)
    except IntegrityError as error:
        # The phone is the only thing of an account that must be unlike all others.
        raise PhoneTaken from error


@whole_deed
def _open_account(
    process: CodeProcess,
    proof: int,
    hashed_password: str,
    nickname: str,
    language: str,
) -> User:
    # First the row that only one can write: whoever comes second stops here.
    user = User.objects.open_account(
        process.target, hashed_password, nickname=nickname, language=language
    )
    process.spend(proof)
    return user


def _process(phone: str, session: str) -> CodeProcess:
    return CodeProcess(OneTimeCode.Purpose.REGISTER, phone, session)
