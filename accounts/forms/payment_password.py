"""Choosing the six digits that guard the balance and receipt."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import payment_password as rules
from accounts.forms.fields import code_field, password_field, payment_password_field
from accounts.models import User


class NewDigitsForm(forms.Form):
    """Six new digits, twice."""

    payment_password1 = payment_password_field(
        _("New payment password"),
        help_text=_("6 digits; not all the same, and not in a row like 123456."),
        validators=[rules.validate],
    )
    payment_password2 = payment_password_field(_("New payment password, once more"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first = cleaned.get("payment_password1")
        second = cleaned.get("payment_password2")
        if first and second and first != second:
            self.add_error(
                "payment_password2",
                ValidationError(_("The two payment passwords are not the same.")),
            )
        return cleaned


class PaymentPasswordForm(NewDigitsForm):
    """The login password, and six new digits twice."""

    password = password_field(_("Login password"), "current-password")
    field_order = ("password",)


class WhereForm(forms.Form):
    """Where the code shall go: to the account's phone or its bound e-mail."""

    to = forms.ChoiceField(
        label=_("Send the code to"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._targets = {"phone": str(user.phone)}
        choices = [("phone", user.masked_phone)]
        if user.email:
            self._targets["email"] = user.email
            choices.append(("email", user.masked_email))
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def target_called(self, name: str) -> str:
        """Return the account's "phone" or "email"; empty when there is none."""
        return self._targets.get(name, "")


class ForgottenForm(WhereForm, NewDigitsForm):
    """The code that came, and six new digits twice."""

    code = code_field()
    field_order = ("to", "code")
