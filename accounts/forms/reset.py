"""The three stages of a forgotten password."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import code_field, identifier_field, password_field
from accounts.models import User


class ForgotForm(forms.Form):
    """Whose password."""

    identifier = identifier_field()


class VerifyForm(forms.Form):
    """The code that came."""

    code = code_field()


class ResetForm(forms.Form):
    """A new password, twice."""

    new_password1 = password_field(
        _("New password"),
        "new-password",
        help_text=_("At least 8 characters, and not only digits."),
    )
    new_password2 = password_field(_("New password, once more"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("new_password1"), cleaned.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", _("The two passwords are not the same."))
        if first:
            try:
                password_validation.validate_password(first, self.user)
            except ValidationError as error:
                self.add_error("new_password1", error)
        return cleaned


class ChangeForm(ResetForm):
    """The old password, and a new one twice."""

    old_password = password_field(_("Present password"), "current-password")
    field_order = ("old_password",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", _("This is the password you have."))
        return cleaned
