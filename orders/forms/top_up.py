"""How much comes into the wallet, and how."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders import gateways
from orders.models import PaymentMethod
from shop import policy


class TopUpForm(forms.Form):
    """An amount within the shop's rules, and a gateway that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = policy.amounts(["top_up_minimum", "top_up_maximum"])
        self.fields["amount"] = forms.DecimalField(
            label=_("Amount"),
            min_value=rules["top_up_minimum"],
            max_value=rules["top_up_maximum"],
            decimal_places=2,
            widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        )
        methods = [PaymentMethod(name) for name in gateways.available()]
        self.fields["method"] = forms.ChoiceField(
            label=_("Pay with"),
            choices=[(method.value, method.label) for method in methods],
            initial=methods[0].value if methods else None,
            widget=forms.RadioSelect,
        )
