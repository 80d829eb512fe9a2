"""What accounts hear from Django."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import fresh_login, second_factor
from accounts.sessions import remember_where


@receiver(user_logged_in)
def remember_the_device(request: HttpRequest, **kwargs: Any) -> None:
    """Let the list of devices know this one, whichever door it came in by."""
    remember_where(request)


@receiver(user_logged_in)
def begin_anew(request: HttpRequest, **kwargs: Any) -> None:
    """Note the moment; and that no second factor was shown with this password yet."""
    fresh_login.remember(request)
    second_factor.forget(request)
