"""What accounts hear from Django."""

from typing import Any

from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import fresh_login, identifiers, second_factor
from accounts.models import User
from accounts.sessions import remember_where
from shop import journal


@receiver(user_logged_in)
def remember_the_device(request: HttpRequest, **kwargs: Any) -> None:
    """Let the list of devices know this one, whichever door it came in by."""
    remember_where(request)


@receiver(user_logged_in)
def begin_anew(request: HttpRequest, **kwargs: Any) -> None:
    """Note the moment; and that no second factor was shown with this password yet."""
    fresh_login.remember(request)
    second_factor.forget(request)


@receiver(user_logged_in)
def write_down_sign_in(user: User, **kwargs: Any) -> None:
    journal.record(journal.Kind.SIGNED_IN, about=user, actor=user)


@receiver(user_logged_out)
def write_down_sign_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        journal.record(journal.Kind.SIGNED_OUT, about=user, actor=user)


@receiver(user_login_failed)
def write_down_failure(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Write down who was tried: an account, or what was typed, with its middle hidden.

    A try beyond the budget is refused before it fails (`accounts.throttle`), so the
    budget of tries also bounds these entries.
    """
    typed = str(credentials.get("username") or "")
    user = User.objects.identified_by(typed)
    note = "" if user else identifiers.masked(typed)
    journal.record(journal.Kind.SIGN_IN_FAILED, about=user, note=note)
