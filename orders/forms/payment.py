"""How a shopper pays, and confirms receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField, payment_password_field
from orders.models import PaymentMethod


class PayForm(forms.Form):
    """A way to pay; the balance asks for the payment password."""

    method = forms.ChoiceField(choices=PaymentMethod, label=_("Pay with"))
    payment_password = payment_password_field(_("Payment password"), required=False)
    #: What the page said; the password confirms that, and no other amount.
    total_shown = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_missing = not cleaned.get("payment_password") and not self.errors
        if cleaned.get("method") == PaymentMethod.BALANCE and is_missing:
            self.add_error("payment_password", _("Enter your payment password."))
        return cleaned


class ReceiveForm(forms.Form):
    """The payment password, to confirm receipt of one item."""

    payment_password = payment_password_field(_("Payment password"))


class CancelForm(forms.Form):
    """Why an order is cancelled; free text."""

    reason = LineField(label=_("Reason"), required=False, max_length=200)
