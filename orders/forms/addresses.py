"""Where an order shall go instead: one of the book, or one that is typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.forms.addresses import AddressForm
from accounts.models import Address, User
from accounts.services.addresses import Place
from orders.models import ADDRESS, Order


class BookForm(forms.Form):
    """One of the shopper's own addresses."""

    address = forms.ModelChoiceField(
        queryset=Address.objects.none(),
        error_messages={
            "required": _("Choose an address."),
            "invalid_choice": _("Choose an address of yours."),
        },
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        own = Address.objects.of(user)
        self.fields["address"].queryset = own  # type: ignore[attr-defined]

    def place(self) -> Place:
        """Return where the chosen address is, once it is clean."""
        return place_of(self.cleaned_data["address"])


def place_of(row: Address | Order) -> Place:
    """Return the place that an address of the book, or an order, stands for."""
    return Place(**{name: str(getattr(row, name)) for name in ADDRESS})


def typed_form_of(order: Order) -> AddressForm:
    """Return the form for an address, filled with that of the order."""
    initial = {name: getattr(order, name) for name in ADDRESS}
    phone = identifiers.national_phone(str(order.phone))
    return AddressForm(initial={**initial, "phone": phone})
