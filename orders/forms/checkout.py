"""What a shopper says at the till."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from accounts.models import Address, User


class CheckoutForm(forms.Form):
    """To whom, with which note; hidden, the form's token and the total it showed."""

    address = forms.ModelChoiceField(
        label=_("Deliver to"),
        queryset=Address.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose an address."),
            "invalid_choice": _("Choose an address of yours."),
        },
    )
    note = LineField(
        label=_("Note to the shop"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("What should we know?")}),
    )
    token = forms.RegexField(r"^[0-9A-Za-z_-]{8,64}$", widget=forms.HiddenInput)
    total_shown = forms.DecimalField(
        widget=forms.HiddenInput,
        min_value=Decimal("0.00"),
        max_digits=12,
        decimal_places=2,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Address.objects.of(user).default_first()
        self.fields["address"].queryset = own  # type: ignore[attr-defined]


class BuyNowForm(forms.Form):
    """A variant to buy at once, past the cart."""

    variant = forms.IntegerField(min_value=1, max_value=2**31)
    quantity = forms.IntegerField(min_value=1, max_value=9999, required=False)

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1
