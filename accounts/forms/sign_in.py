"""Registering and signing in."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import (
    LineField,
    PhoneField,
    code_field,
    identifier_field,
    password_field,
)
from accounts.models import User


class PhoneForm(forms.Form):
    """Only a phone: where the code shall go."""

    phone = PhoneField(help_text=_("You sign in with it. Nobody else sees it."))


class RegisterForm(PhoneForm):
    """A new account."""

    code = code_field()
    password1 = password_field(
        _("Password"),
        "new-password",
        help_text=_("At least 8 characters, and not only digits."),
    )
    password2 = password_field(_("Password, once more"), "new-password")
    nickname = LineField(
        label=_("Nickname"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        help_text=_("Shown with your reviews. You can change it at any time."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            self._refuse_weak(first)
        return cleaned

    def _refuse_weak(self, password: str) -> None:
        future = User(
            phone=self.cleaned_data.get("phone", ""),
            nickname=self.cleaned_data.get("nickname", ""),
        )
        try:
            password_validation.validate_password(password, future)
        except ValidationError as error:
            self.add_error("password1", error)


class LoginForm(forms.Form):
    """Who one is, and the proof."""

    identifier = identifier_field()
    password = password_field(_("Password"), "current-password")
