"""Setting up a second factor, showing it, taking it away (row A13)."""

import secrets
from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from accounts.models import Authenticator, Budget, RecoveryCode, User
from accounts.models.second_factor import digest_of
from accounts.refusals import AlreadySetUp, NoSecondFactor, WrongToken
from accounts.throttle import give_back, key_of, prepare
from shop import clock
from shop.refusals import Throttled
from shop.retry import whole_deed

#: Tries within a window, of an account, whoever makes them and from wherever: a
#: device that has the password must not get tries of its own.
TRIES, WINDOW = 5, timedelta(minutes=15)
CODES = 10
#: Without what looks alike. Sixteen of these are almost 80 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 16


@whole_deed
def begin(*, user_id: int) -> Authenticator:
    """Make a new key, not yet in use; one begun before is gone.

    Raises AlreadySetUp when a key is in use.
    """
    User.objects.select_for_update().get(pk=user_id)
    Authenticator.objects.filter(user=user_id, confirmed=False).delete()
    if Authenticator.objects.filter(user=user_id).exists():
        raise AlreadySetUp
    device: Authenticator = Authenticator.objects.create(
        user_id=user_id, confirmed=False, hidden_key=Authenticator.new_key()
    )
    return device


@sensitive_variables("token")
def confirm(*, device_id: int, user_id: int, token: str) -> Authenticator:
    """Put a key to use, now that the app makes right tokens of it.

    Raises WrongToken, Throttled, and NoSecondFactor when another key was begun since.
    """
    return _shown(user_id, token, device_id=device_id)


@sensitive_variables("token")
def verify(*, user_id: int, token: str) -> Authenticator:
    """Pass only with a token, or a recovery code, that is good now. Either is used up.

    A try is reserved before the token is looked at, so that guesses sent at once count
    like guesses one by one. Raises WrongToken, Throttled, NoSecondFactor.
    """
    return _shown(user_id, token)


@whole_deed
def write_recovery_codes(*, user_id: int) -> list[str]:
    """Make ten new recovery codes and return them; the ones before them are dead."""
    device = _locked(user_id)
    codes = [_new_code() for _number in range(CODES)]
    device.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(authenticator=device, digest=digest_of(device, code))
        for code in codes
    )
    _record(user_id, user_id, _("New recovery codes of the second factor."))
    return ["-".join(_groups(code)) for code in codes]


@sensitive_variables("token")
def remove(*, user_id: int, token: str) -> None:
    """Give one's own second factor up. Raises WrongToken, Throttled, NoSecondFactor."""
    verify(user_id=user_id, token=token)
    reset(user_id=user_id, by_id=user_id)


@whole_deed
def reset(*, user_id: int, by_id: int | None = None) -> None:
    """Take an account's second factor away; every session needs a new one.

    Without `by_id` an operator did it at the command line. Raises NoSecondFactor.
    """
    _locked(user_id).delete()
    Budget.objects.renew(_budget_of(user_id))
    said = _("The second factor was removed.")
    if by_id is None:
        said = _("The second factor was removed by an operator, by command.")
    _record(by_id or user_id, user_id, said)


def codes_left(device: Authenticator) -> int:
    """Return how many recovery codes are not used yet."""
    return RecoveryCode.objects.of(device).count()


@sensitive_variables("token")
def _shown(user_id: int, token: str, device_id: int | None = None) -> Authenticator:
    budget = _budget_of(user_id)
    prepare([budget])
    _reserve(budget)
    device, is_right, wait = _judge(user_id, token, device_id)
    if wait:
        # The token was not looked at, so it was no try.
        give_back(budget)
        raise _come_back_in(wait)
    if not is_right:
        raise WrongToken
    _clear(budget)
    return device


@whole_deed
def _judge(
    user_id: int, token: str, device_id: int | None
) -> tuple[Authenticator, bool, int]:
    # Returns and does not raise: a wrong token has to leave its trace.
    device = _locked(user_id, device_id)
    allowed, reason = device.verify_is_allowed()  # type: ignore[no-untyped-call]
    if not allowed:
        pause = reason["locked_until"] - device.throttling_failure_timestamp
        return device, False, int(pause.total_seconds())
    is_right = device.verify_token(token)
    if is_right and not device.confirmed:
        device.confirmed = True
        device.save()
        _record(user_id, user_id, _("The second factor was set up."))
    return device, is_right, 0


def _locked(user_id: int, device_id: int | None = None) -> Authenticator:
    """Lock the device in use, or the very one that is being set up."""
    rows = Authenticator.objects.select_for_update().filter(user=user_id)
    if device_id is None:
        rows = rows.filter(confirmed=True)
    else:
        rows = rows.filter(pk=device_id, confirmed=False)
    device: Authenticator | None = rows.first()
    if device is None:
        raise NoSecondFactor
    return device


@whole_deed
def _reserve(budget: str) -> None:
    now = clock.now()
    if not Budget.objects.reserve(budget, TRIES, WINDOW, now):
        ends_at = Budget.objects.get(pk=budget).ends_at
        raise _come_back_in(int(-(-(ends_at - now).total_seconds() // 1)))


@whole_deed
def _clear(budget: str) -> None:
    """The token was right: the account starts anew."""
    Budget.objects.renew(budget)


def _budget_of(user_id: int) -> str:
    return key_of("second factor", str(user_id))


def _come_back_in(seconds: int) -> Throttled:
    sentence = ngettext(
        "Too many wrong codes. Please try again in %(seconds)d second.",
        "Too many wrong codes. Please try again in %(seconds)d seconds.",
        seconds,
    )
    if seconds > 60:
        minutes = -(-seconds // 60)
        sentence = ngettext(
            "Too many wrong codes. Please try again in %(minutes)d minute.",
            "Too many wrong codes. Please try again in %(minutes)d minutes.",
            minutes,
        )
        return Throttled(sentence % {"minutes": minutes}, retry_after=seconds)
    return Throttled(sentence % {"seconds": seconds}, retry_after=seconds)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH))


def _groups(code: str) -> list[str]:
    return [code[at : at + 4] for at in range(0, len(code), 4)]


def _record(by_id: int, user_id: int, sentence: str) -> None:
    LogEntry.objects.log_actions(
        by_id,
        User.objects.filter(pk=user_id),
        CHANGE,
        sentence,
        single_object=True,
    )
