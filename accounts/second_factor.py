"""How far this session has come with the second factor of its account (row A13)."""

from datetime import datetime, timedelta
from enum import Enum

import django_otp
from django.http import HttpRequest

from accounts.models import Authenticator, User
from accounts.requests import account_of
from shop import clock, policy, secret_text

#: The key that this session is setting up, and the new codes it may still look at.
SETUP_KEY = "second_factor_setup"
CODES_KEY = "second_factor_codes"
CODES_SHOWN_FOR = timedelta(minutes=10)


class Missing(Enum):
    """What stands between a right password and the desk."""

    TOKEN = "token"  # noqa: S105, the name of a page
    ENROLMENT = "enrolment"


def missing(request: HttpRequest) -> Missing | None:
    """Return what this member of staff has to do first, if anything."""
    # Asked several times a page; the answer is kept as long as the request.
    if not hasattr(request, "missing_factor"):
        request.missing_factor = _missing(request)  # type: ignore[attr-defined]
    found: Missing | None = request.missing_factor  # type: ignore[attr-defined]
    return found


def is_verified(request: HttpRequest) -> bool:
    """Tell whether this session has shown its second factor."""
    # Of that very device: with the device the proof is gone.
    return getattr(request.user, "otp_device", None) is not None


def is_forced_for(user: User) -> bool:
    """Tell whether the shop's rules leave this account no choice."""
    level = policy.whole("staff_second_factor")
    return level == 2 or (level == 1 and user.is_superuser)


def let_in(request: HttpRequest, device: Authenticator) -> None:
    """Open the desk to this session, under a new session key."""
    django_otp.login(request, device)
    request.session.cycle_key()


def forget(request: HttpRequest) -> None:
    """Close the desk until the second factor was shown again."""
    for key in (django_otp.DEVICE_ID_SESSION_KEY, SETUP_KEY, CODES_KEY):
        request.session.pop(key, None)


def begin_setup(request: HttpRequest, device: Authenticator) -> None:
    """Let this session, and no other, see the new key."""
    request.session[SETUP_KEY] = device.pk


def in_setup(request: HttpRequest) -> Authenticator | None:
    """Return the unconfirmed device whose key this session may see."""
    key = request.session.get(SETUP_KEY)
    mine = Authenticator.objects.filter(user=account_of(request), confirmed=False)
    return mine.filter(pk=key).first() if key else None


def end_setup(request: HttpRequest) -> None:
    request.session.pop(SETUP_KEY, None)


def keep_codes(request: HttpRequest, codes: list[str]) -> None:
    """Let this session look at its new recovery codes for a while."""
    request.session[CODES_KEY] = {
        "codes": secret_text.hide("\n".join(codes)),
        "until": (clock.now() + CODES_SHOWN_FOR).isoformat(),
    }


def kept_codes(request: HttpRequest) -> list[str]:
    """Return those codes; none when they were put away or the time is over."""
    kept = request.session.get(CODES_KEY)
    if not kept or datetime.fromisoformat(kept["until"]) <= clock.now():
        return []
    return secret_text.reveal(kept["codes"]).split()


def put_codes_away(request: HttpRequest) -> None:
    request.session.pop(CODES_KEY, None)


def _missing(request: HttpRequest) -> Missing | None:
    if is_verified(request):
        return None
    user = account_of(request)
    if Authenticator.objects.filter(user=user, confirmed=True).exists():
        return Missing.TOKEN
    return Missing.ENROLMENT if is_forced_for(user) else None
