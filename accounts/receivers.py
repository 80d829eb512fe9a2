"""What accounts hear from Django."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.sessions import remember_where


@receiver(user_logged_in)
def remember_the_device(request: HttpRequest, **kwargs: Any) -> None:
    """Let the list of devices know this one, whichever door it came in by."""
    remember_where(request)
