"""Claiming a coupon; what staff say of coupons."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orders import coupon_codes
from orders.models import Coupon, CouponKind


class ClaimForm(forms.Form):
    """A coupon's code, in any spelling."""

    code = forms.CharField(
        label=_("Code of a coupon"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def clean_code(self) -> str:
        code = coupon_codes.clean(self.cleaned_data["code"])
        if not code:
            raise ValidationError(_("There is no coupon with this code."))
        return code


class CouponForm(forms.ModelForm[Coupon]):
    """A coupon as staff write it. What is claimed keeps its terms."""

    class Meta:
        model = Coupon
        fields = (
            "code",
            "name_zh",
            "name_en",
            "kind",
            "amount",
            "percent",
            "cap",
            "minimum_amount",
            "category",
            "access",
            "shopper_limit",
            "total_limit",
            "starts_at",
            "ends_at",
            "is_active",
        )
        help_texts = {
            "code": _("4 to 20 letters and digits; small letters become capitals."),
            "percent": _("20 takes a fifth off (8折)."),
            "cap": _("The most that a percentage takes off; empty: no limit."),
            "minimum_amount": _("Goods of the category must come to this much."),
            "total_limit": _("So many may be claimed; empty: no limit."),
            "ends_at": _("From this second on it cannot be used."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at"} & set(self.fields):
            # Chinese times are written without seconds, which would be lost.
            self.fields[name].widget.widgets[1].format = "%H:%M:%S"
        if "code" in self.fields:
            self.fields["code"].validators = []

    def clean_code(self) -> str:
        code = coupon_codes.clean(self.cleaned_data["code"])
        if not code or "-" in code:
            raise ValidationError(_("Only letters and digits, 4 to 20 of them."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # Each kind has its own columns; the other's are left empty.
        if cleaned.get("kind") == CouponKind.AMOUNT:
            cleaned |= {"percent": None, "cap": None}
        elif cleaned.get("kind") == CouponKind.PERCENT:
            cleaned["amount"] = None
        return cleaned


class CodesForm(forms.Form):
    """How many one-time codes to make."""

    number = forms.IntegerField(label=_("how many"), min_value=1, max_value=10_000)
