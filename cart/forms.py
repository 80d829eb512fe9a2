"""What may be typed into a cart."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: What the column holds. Whatever is below is judged by stock and limit, which can say
#: how many there may be.
MOST_UNITS = 2**31 - 1
HIGHEST_KEY = 2**63 - 1


class DigitsField(forms.IntegerField):
    """A whole number in plain digits; `1_0`, `1.0` and `+1` are text."""

    default_error_messages = {"invalid": _("Enter a whole number.")}

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not (text.isascii() and text.removeprefix("-").isdecimal()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class AddForm(forms.Form):
    """A variant, and how many of it."""

    variant = DigitsField(min_value=1, max_value=HIGHEST_KEY)
    quantity = DigitsField(min_value=1, max_value=MOST_UNITS, required=False)

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1


class TickForm(forms.Form):
    """Whether to order it: `1` or `0`."""

    selected = forms.ChoiceField(choices=[("1", "1"), ("0", "0")])


class LineForm(TickForm):
    """A line's new quantity, its tick, or both."""

    quantity = DigitsField(min_value=0, max_value=MOST_UNITS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["selected"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors and cleaned["quantity"] is None and not cleaned["selected"]:
            self.add_error("quantity", _("Enter a whole number."))
        return cleaned

    @property
    def wishes(self) -> dict[str, Any]:
        """What to change, for `services.change`."""
        selected = self.cleaned_data["selected"]
        return {
            "quantity": self.cleaned_data["quantity"],
            "is_selected": selected == "1" if selected else None,
        }


class UndoForm(forms.Form):
    """The signed text of what was removed (`cart.undo`)."""

    undo = forms.CharField(max_length=100_000)
