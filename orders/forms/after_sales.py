"""What buyers and staff type about after-sale requests."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from orders.forms.shipping import OtherNumberForm
from orders.models import AfterSale
from orders.services.after_sales.goods import Fate
from orders.services.after_sales.opening import Wish
from orders.services.after_sales.rules import Offer
from orders.states import AfterSaleKind
from shop.photo_fields import PhotosField

Goods = AfterSale.Goods
#: What staff choose of goods that they have in hand.
IN_HAND = [(each.value, each.label) for each in (Goods.RESTOCKED, Goods.SCRAPPED)]
ONE_LINE = forms.TextInput(attrs={"autocomplete": "off"})


class BuyerReasonField(LineField):
    """Any words; the common ones are offered (`orders/_after_sale_reasons.html`)."""

    widget = forms.TextInput(
        attrs={"autocomplete": "off", "list": "after-sale-reasons"}
    )

    def __init__(self) -> None:
        super().__init__(label=_("Reason"), max_length=200)


class AfterSaleForm(forms.Form):
    """What a buyer asks for about an item, and why; the amount is not asked."""

    kind = forms.ChoiceField(choices=AfterSaleKind, widget=forms.HiddenInput)
    quantity = forms.IntegerField(label=_("How many"), min_value=1)
    reason = BuyerReasonField()
    faulty = forms.BooleanField(label=_("It has a fault"), required=False)
    photos = PhotosField(
        label=_("Photos that show it"),
        required=False,
        help_text=_("Up to 9, each JPEG, PNG or WebP and up to 5 MB."),
    )

    def __init__(self, offer: Offer, data: Any = None, files: Any = None) -> None:
        initial = {"kind": offer.kind, "quantity": offer.most}
        super().__init__(data, files, initial=initial)
        quantity = forms.IntegerField(
            label=_("How many"), min_value=1, max_value=offer.most
        )
        quantity.widget.attrs["inputmode"] = "numeric"
        self.fields["quantity"] = quantity
        self.offer = offer
        if offer.kind != AfterSaleKind.RETURN_AND_REFUND:
            self.fields["faulty"].widget = forms.HiddenInput()

    @classmethod
    def as_typed(cls, offer: Offer, data: Mapping[str, Any]) -> Self:
        """Return the form with what was typed, and no word about what is wrong."""
        form = cls(offer)
        form.initial.update({n: data[n] for n in form.fields if n in data})
        return form

    def clean_faulty(self) -> bool:
        is_faulty: bool = self.cleaned_data["faulty"]
        if self.offer.needs_fault and not is_faulty:
            raise forms.ValidationError(
                _("This product is taken back only if it has a fault.")
            )
        return is_faulty

    def wish(self) -> Wish:
        """Return what was typed, once it is clean."""
        return Wish(
            kind=AfterSaleKind(self.cleaned_data["kind"]),
            quantity=self.cleaned_data["quantity"],
            reason=self.cleaned_data["reason"],
            is_faulty=self.cleaned_data["faulty"],
        )

    def shown_quantity(self) -> int:
        """Return the units to work out the amount of, also of a form with errors."""
        typed = str(self["quantity"].value() or "")
        is_number = typed.isdecimal() and len(typed) < 10
        return min(max(int(typed), 1), self.offer.most) if is_number else 1


class RefundForm(forms.Form):
    """Why the buyer wants no more of an order."""

    reason = BuyerReasonField()


class CorrectReturnForm(OtherNumberForm):
    """The number under which goods really are on their way back."""

    def __init__(self, asked: AfterSale, data: Any = None) -> None:
        super().__init__((asked.return_carrier, asked.return_number), data)


class RefuseForm(forms.Form):
    """Why the shop says no; the buyer reads it."""

    reason = LineField(label=_("Reason"), max_length=200, widget=ONE_LINE)


class FateForm(forms.Form):
    """What becomes of goods: the shelf, or scrap for a reason."""

    goods = forms.ChoiceField(label=_("The goods"), choices=IN_HAND)
    goods_reason = LineField(
        label=_("Why scrapped"), max_length=150, required=False, widget=ONE_LINE
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_scrap = cleaned.get("goods") == Goods.SCRAPPED
        if is_scrap and not cleaned.get("goods_reason"):
            self.add_error("goods_reason", _("Say why they are scrapped."))
        return cleaned

    def fate(self) -> Fate | None:
        """Return what was chosen; None: nothing was."""
        if not self.cleaned_data["goods"]:
            return None
        goods = Goods(self.cleaned_data["goods"])
        is_scrap = goods == Goods.SCRAPPED
        return Fate(goods, self.cleaned_data["goods_reason"] if is_scrap else "")


class AgreeForm(FateForm):
    """Yes; of units that were not sent, staff may say that they are scrapped."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        # A button alone is a yes, and the goods stay on the shelf.
        self.fields["goods"].required = False
