"""What staff type to send a parcel, to say where it is, or to cancel an order."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from catalog.templatetags.catalog import words_of
from orders.carriers import read_number
from orders.models import Carrier, Order, OrderItem, Parcel, ScanKind
from orders.services.tracking import LONGEST
from orders.states import ItemStatus

PREFIX = "quantity_"


class NumberForm(forms.Form):
    """A carrier, and a number that can be one of its own."""

    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier)
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_tracking_number(self) -> str:
        typed: str = self.cleaned_data["tracking_number"]
        # Without a carrier there is no rule to judge by.
        carrier = self.cleaned_data.get("carrier")
        return read_number(carrier, typed) if carrier else typed

    def parcel(self) -> dict[str, Any]:
        """Return the carrier and the number in its one spelling."""
        return {
            "carrier": Carrier(self.cleaned_data["carrier"]),
            "tracking_number": self.cleaned_data["tracking_number"],
        }


class ShipForm(NumberForm):
    """A parcel: with whom, under which number, and how many of each item.

    A form that names no quantity at all sends all that is left.
    """

    #: Of the address that the label was written for; not asked for by the contract.
    address_mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, order: Order, data: Any = None) -> None:
        super().__init__(data, initial={"address_mark": order.address_mark})
        items = order.items.with_request().in_order()
        self.items = [item for item in items if _is_left(item)]
        # Also an item that cannot be sent any more: it does not mean "all the others".
        self.is_whole = not any(name.startswith(PREFIX) for name in data or ())
        for item in self.items:
            self.fields[_name(item)] = forms.IntegerField(
                label=_label(item),
                min_value=0,
                max_value=item.unshipped_quantity,
                initial=item.unshipped_quantity,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(self.quantities().values()):
            raise ValidationError(_("Enter how many of an item lie in the parcel."))
        return cleaned

    def quantities(self) -> dict[int, int]:
        """Return how many of each item (by its id) are sent."""
        if self.is_whole:
            return {item.pk: item.unshipped_quantity for item in self.items}
        return {item.pk: self.cleaned_data[_name(item)] or 0 for item in self.items}

    def quantity_fields(self) -> Iterator[forms.BoundField]:
        return (self[_name(item)] for item in self.items)


class OtherNumberForm(NumberForm):
    """Another number than the one that is written down."""

    def __init__(self, now: tuple[str, str], data: Any = None, **more: Any) -> None:
        self.now = dict(zip(("carrier", "tracking_number"), now, strict=True))
        super().__init__(data, initial=self.now, **more)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned == self.now:
            raise ValidationError(_("This is the number that the parcel has already."))
        return cleaned


class CorrectForm(OtherNumberForm):
    """The number that a parcel really has."""

    def __init__(self, parcel: Parcel, data: Any = None) -> None:
        written = (parcel.carrier, parcel.tracking_number)
        super().__init__(written, data, auto_id=f"correct-{parcel.pk}-%s")


class ScanForm(forms.Form):
    """Where a parcel was seen."""

    kind = forms.ChoiceField(label=_("What the courier says"), choices=ScanKind)
    text = LineField(
        label=_("In words"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, parcel: Parcel, data: Any = None) -> None:
        super().__init__(data, auto_id=f"scan-{parcel.pk}-%s")


class StaffCancelForm(forms.Form):
    """Why the shop cancels an order; the buyer reads it."""

    reason = LineField(
        label=_("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _is_left(item: OrderItem) -> bool:
    is_paid = item.status in (ItemStatus.PAID, ItemStatus.PARTLY_SHIPPED)
    # While a refund of it is asked for, it stays here.
    is_asked = hasattr(item, "open_after_sale")
    return is_paid and item.unshipped_quantity > 0 and not is_asked


def _name(item: OrderItem) -> str:
    return f"{PREFIX}{item.pk}"


def _label(item: OrderItem) -> str:
    options = words_of(item, "options")
    name = words_of(item, "name") + (f" ({options})" if options else "")
    return f"{item.code} · {name}"
