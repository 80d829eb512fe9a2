"""What the buttons of favourites, history and comparison send."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from catalog.models import Alert


class SwitchForm(forms.Form):
    """`on`: `1`, `0`, or nothing, which turns round what is there."""

    on = forms.ChoiceField(choices=[("1", "1"), ("0", "0")], required=False)

    @property
    def wish(self) -> bool | None:
        word = self.cleaned_data["on"]
        return word == "1" if word else None


class AlertForm(SwitchForm):
    """A variant, what to be told of it, and `on`: `1`, the default, or `0`."""

    variant = forms.CharField(
        max_length=18,
        validators=[RegexValidator(r"\A[0-9]+\Z", _("Enter a whole number."))],
    )
    kind = forms.ChoiceField(choices=Alert.Kind.choices)

    @property
    def variant_id(self) -> int:
        return int(self.cleaned_data["variant"])

    @property
    def kind_wished(self) -> Alert.Kind:
        return Alert.Kind(self.cleaned_data["kind"])


class ProductForm(forms.Form):
    """`product`, by its number."""

    product = forms.CharField(
        max_length=18,
        validators=[RegexValidator(r"\A[0-9]+\Z", _("Enter a whole number."))],
    )

    @property
    def key(self) -> int:
        return int(self.cleaned_data["product"])


class PickForm(SwitchForm, ProductForm):
    """A product to compare, or (`on=0`) to compare no more."""
