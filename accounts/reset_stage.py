"""How far this session has come in resetting a password.

Each stage is open for ten minutes to the session that passed the one before; its
address alone opens nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from accounts.models import User
from shop import clock

SESSION_KEY = "reset"
OPEN_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Stage:
    """Whose password, where the code goes, and whether it was typed rightly."""

    user: User
    target: str
    is_verified: bool
    #: In the forms of this stage: one left open in another tab may be of another.
    mark: str


def begin(request: HttpRequest, user: User, target: str) -> None:
    """Pass the first stage: an account was named. Whatever was begun before is over."""
    _write(request, user, target, secrets.token_hex(8), is_verified=False)


def pass_verification(request: HttpRequest, stage: Stage) -> None:
    """Pass the second stage: the code was right."""
    _write(request, stage.user, stage.target, stage.mark, is_verified=True)


def current(request: HttpRequest) -> Stage | None:
    """Return how far this session has come; None: not even begun, or too long ago."""
    mark = request.session.get(SESSION_KEY)
    if not mark or datetime.fromisoformat(mark["until"]) <= clock.now():
        return None
    user = User.objects.filter(pk=mark["user"], is_active=True).first()
    if user is None or not _is_still_so(user, mark):
        return None
    stage = Stage(user, mark["target"], mark["is_verified"], mark["mark"])
    return stage if request.POST.get("stage", stage.mark) == stage.mark else None


def _is_still_so(user: User, mark: dict[str, str]) -> bool:
    # Neither has the password been set meanwhile, nor the e-mail or phone been changed.
    has_target = mark["target"] in (str(user.phone), user.email)
    return has_target and mark["password"] == user.get_session_auth_hash()


def _write(
    request: HttpRequest, user: User, target: str, mark: str, *, is_verified: bool
) -> None:
    request.session[SESSION_KEY] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "target": target,
        "mark": mark,
        "is_verified": is_verified,
        "until": (clock.now() + OPEN_FOR).isoformat(),
    }
