"""Binding an e-mail or another phone: first where the code shall go, then the code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.forms.fields import PhoneField, code_field


class EmailField(forms.CharField):
    """An e-mail, in any letter case; clean, it has its stored spelling."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def clean(self, value: Any) -> str:
        stored = identifiers.email(super().clean(value))
        if not stored:
            example = _("Enter an e-mail address, such as name@example.com.")
            raise ValidationError(example)
        return stored


class EmailForm(forms.Form):
    """Only an e-mail."""

    email = EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Once bound, you can sign in with it. Nobody else sees it."),
    )


class BindEmailForm(EmailForm):
    """The e-mail, and the code that went there."""

    code = code_field()


class NewPhoneForm(forms.Form):
    """Only a phone."""

    phone = PhoneField(
        label=_("New phone"),
        help_text=_("You sign in with it from then on. Nobody else sees it."),
    )


class ChangePhoneForm(NewPhoneForm):
    """The phone, and the code that went there."""

    code = code_field()
