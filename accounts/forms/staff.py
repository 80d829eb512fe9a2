"""Proving once more who one is: the password, the second factor."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DigitsField, password_field


class ConfirmPasswordForm(forms.Form):
    """The password of who is signed in."""

    password = password_field(_("Password"), "current-password")


class RecoveryCodeField(forms.CharField):
    """A recovery code, with or without its hyphens, in any case and width."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value) or "").lower()
        return "".join(c for c in text if c.isalnum())


def token_field(**kwargs: Any) -> DigitsField:
    """Return the field for the six digits that the app shows now."""
    return DigitsField(
        label=_("Six digits from your authenticator app"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        **kwargs,
    )


class AppTokenForm(forms.Form):
    """The app's digits and nothing instead: to set it up."""

    token = token_field()


class TokenForm(forms.Form):
    """The app's digits, or a code for who has not got the phone."""

    token = token_field(required=False)
    recovery_code = RecoveryCodeField(
        label=_("Recovery code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": False}
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.proof:
            self.add_error("token", _("Enter the six digits."))
        return cleaned

    @property
    def proof(self) -> str:
        """What was typed, in whichever field."""
        typed = self.cleaned_data.get("token") or self.cleaned_data.get("recovery_code")
        return str(typed or "")

    @property
    def used_field(self) -> str:
        """Where an error belongs."""
        return "token" if self.cleaned_data.get("token") else "recovery_code"
