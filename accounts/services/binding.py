"""Giving an account another e-mail or phone, once a code proves whose it is (A9)."""

from dataclasses import dataclass

from django.db import IntegrityError
from django.views.decorators.debug import sensitive_variables

from accounts import notices
from accounts.codes import CodeProcess
from accounts.models import OneTimeCode, User
from accounts.refusals import AccountClosed, EmailTaken, FieldRefusal, PhoneTaken
from accounts.throttle import counted_code
from shop import journal
from shop.retry import whole_deed


@dataclass(frozen=True)
class Binding:
    """What identifies an account, and what is said when another one has it."""

    column: str
    purpose: str
    taken: type[FieldRefusal]
    written_down_as: journal.Kind


Purpose, Kind = OneTimeCode.Purpose, journal.Kind
EMAIL = Binding("email", Purpose.BIND_EMAIL, EmailTaken, Kind.EMAIL_CHANGED)
PHONE = Binding("phone", Purpose.CHANGE_PHONE, PhoneTaken, Kind.PHONE_CHANGED)


def send_code(
    binding: Binding,
    *,
    user: User,
    target: str,
    session: str,
    address: str,
    language: str,
) -> None:
    """Send a code to an e-mail or phone in its stored spelling.

    Raises EmailTaken or PhoneTaken, and Throttled.
    """
    with counted_code(address):
        if _of_another(binding, user, target):
            raise binding.taken
        CodeProcess(binding.purpose, target, session).send(
            language=language, account_id=user.pk
        )


@sensitive_variables("code")
def bind(binding: Binding, *, user: User, target: str, code: str, session: str) -> None:
    """Bind what the code proves, in place of the one before, which is told of it.

    Raises WrongCode; EmailTaken or PhoneTaken, also when two accounts do it at once.
    Only a right code learns that: the number of codes is what bounds the asking.
    """
    process = CodeProcess(binding.purpose, target, session)
    proof = process.check(code)
    try:
        _bind(binding, user.pk, process, proof)
    except IntegrityError as error:
        raise binding.taken from error


@whole_deed
def _bind(binding: Binding, user_id: int, process: CodeProcess, proof: int) -> None:
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_closed:
        raise AccountClosed
    # First what only one account can have: whoever comes second stops here.
    User.objects.filter(pk=user_id).update(**{binding.column: process.target})
    process.spend(proof)
    if getattr(user, binding.column) != process.target:
        notices.tell(user, notices.CHANGED[binding.column])
        journal.record(binding.written_down_as, about=user)


def _of_another(binding: Binding, user: User, target: str) -> bool:
    same = User.objects.filter(**{binding.column: target})
    return same.exclude(pk=user.pk).exists()
