"""Fields that several forms of accounts share."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import identifiers

ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together
NO_MOBILE = _("Enter a mobile number of mainland China, 11 digits.")
NO_PHONE = _(
    "Enter a mobile or landline number of mainland China; an extension goes behind the "
    "street."
)


class LineField(forms.CharField):
    """One line of text, freed of control characters and doubled spaces."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return " ".join("".join(c for c in text if _is_written(c)).split())


class PhoneField(forms.CharField):
    """A mobile phone, in any spelling; clean, it has its stored spelling."""

    widget = forms.TelInput(attrs={"autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Phone"), "max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        stored = self.read(super().clean(value))
        if not stored:
            raise ValidationError(self.refusal)
        return stored

    refusal = NO_MOBILE

    def read(self, text: str) -> str:
        return identifiers.phone(text)


class AnyPhoneField(PhoneField):
    """A mobile or landline number, for the courier to call."""

    refusal = NO_PHONE

    def read(self, text: str) -> str:
        return identifiers.any_phone(text)


class DigitsField(forms.CharField):
    """A code of six digits, also typed in full width or with spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No pattern: the browser would refuse what `to_python` understands.
        return {"inputmode": "numeric", "maxlength": 12}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return "".join(unicodedata.normalize("NFKC", text).split())


def identifier_field() -> forms.CharField:
    """Return the field for what an account signs in by."""
    return forms.CharField(
        label=_("Phone or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none"}
        ),
    )


def code_field() -> DigitsField:
    """Return the field for a code that was sent."""
    return DigitsField(
        label=_("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


def payment_password_field(label: Any, **kwargs: Any) -> DigitsField:
    """Return a field for the six digits of a payment password."""
    # Not "new-password": browsers would offer a long one, and keep it for signing in.
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return DigitsField(label=label, widget=widget, **kwargs)


def password_field(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    """Return a field for a login password: nothing is stripped, nothing is cut."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **kwargs,
    )


def keep_errors(form: forms.BaseForm, names: Iterable[str] = ()) -> None:
    """Let a form show what is wrong with these fields only.

    For a button in the midst of a form: what comes after it is not typed yet.
    """
    for name in set(form.errors) - set(names):
        del form.errors[name]


def show_errors(judged: forms.BaseForm, whole: forms.BaseForm) -> None:
    """Let the whole form show what a part of it was refused for."""
    for name, sentences in judged.errors.items():
        if name not in whole.errors:
            whole.add_error(name, list(sentences))


def _is_written(character: str) -> bool:
    # C*: control, direction-turning, private, unassigned.
    if character == ZERO_WIDTH_JOINER or character.isspace():
        return True
    return not unicodedata.category(character).startswith("C")
