"""What a login password must have, in words that our catalogue translates."""

from django.contrib.auth import password_validation
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
