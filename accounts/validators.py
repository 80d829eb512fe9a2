"""What a login password must have, in words that our catalogue translates."""

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's rule; its own Chinese catalogue lacks the sentence."""

    def get_error_message(self) -> str:
        sentence = ngettext(
            "This password is too short. It needs at least %(min_length)d character.",
            "This password is too short. It needs at least %(min_length)d characters.",
            self.min_length,
        )
        return sentence % {"min_length": self.min_length}


class NoPhoneValidator:
    """Refuses a password that holds the account's own phone."""

    def validate(self, password: str, user: Any = None) -> None:
        digits = str(getattr(user, "phone", "") or "").removeprefix("+86")
        if digits and digits in password:
            raise ValidationError(self.get_help_text(), code="password_is_phone")

    def get_help_text(self) -> str:
        return _("Your password must not hold your phone number.")
