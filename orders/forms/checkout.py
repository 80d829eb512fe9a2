"""What a shopper says at the till."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.forms.addresses import AddressForm
from accounts.forms.fields import LineField
from accounts.models import Address, User
from cart.forms import AddForm
from orders import coupon_codes
from orders.forms.invoices import InvoiceFields


class CheckoutForm(InvoiceFields):
    """To whom, with which note, coupon and invoice; hidden, what the page showed."""

    # A button in its midst sends it unfinished.
    use_required_attribute = False

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
    coupon = forms.CharField(required=False, max_length=60)
    token = forms.RegexField(r"^[0-9A-Za-z_-]{8,64}$", widget=forms.HiddenInput)
    total_shown = forms.DecimalField(
        widget=forms.HiddenInput,
        min_value=Decimal("0.00"),
        max_digits=12,
        decimal_places=2,
    )
    fingerprint = forms.RegexField(
        r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Address.objects.of(user).default_first()
        self._own = own
        self.fields["address"].queryset = own  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial["address"] = self._chosen(self.initial.get("address", ""))

    @cached_property
    def addresses(self) -> list[Address]:
        """The shopper's own, the default one first; asked for once."""
        return list(self._own)

    @property
    def address_choices(self) -> Iterator[tuple[Address, bool]]:
        """Each address, and whether it is the chosen one."""
        chosen = str(self["address"].value() or "")
        return ((each, str(each.pk) == chosen) for each in self.addresses)

    def _chosen(self, wish: str) -> Address | None:
        """Return the address of this key, the first one if it is gone."""
        first = self.addresses[0] if self.addresses else None
        return next((each for each in self.addresses if str(each.pk) == wish), first)

    def clean_token(self) -> str:
        # In one spelling, so that no collation decides whether two are the same.
        token: str = self.cleaned_data["token"]
        return token.lower()

    def clean_coupon(self) -> str:
        typed: str = self.cleaned_data["coupon"]
        code = coupon_codes.clean(typed)
        if typed and not code:
            raise ValidationError(_("There is no coupon with this code."))
        return code


class NewAddressForm(AddressForm):
    """An address typed at the till; whoever has one already leaves it empty."""

    use_required_attribute = False

    @property
    def is_begun(self) -> bool:
        """Tell whether something was typed, so that it is shown again."""
        names = ("recipient", "phone", "province", "street")
        return any(self[name].value() for name in names)


class BuyNowForm(AddForm):
    """A variant to buy at once, past the cart; one form of the page does for both."""
