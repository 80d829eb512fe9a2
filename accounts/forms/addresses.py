"""The address form. Its choices depend on each other, with and without JavaScript."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import regions
from accounts.forms.fields import AnyPhoneField, LineField, keep_errors
from accounts.models import Address
from accounts.services.addresses import Place

#: Choosing in one of these lists asks for the lists below it (htmx). Without
#: JavaScript a button does, which posts `refresh`.
REFRESHES = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "#region-fields",
    "hx-swap": "outerHTML",
    "hx-vals": '{"refresh": "1"}',
}


class RegionField(forms.CharField):
    """A name out of a list. The form says which list, and judges by the list."""

    widget = forms.Select

    def offer(self, names: Sequence[str], empty: Any) -> None:
        self.widget.choices = [("", empty), *((name, name) for name in names)]


class AddressForm(forms.Form):
    """Who receives a parcel, and where."""

    recipient = LineField(
        label=_("Recipient"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = AnyPhoneField(help_text=_("Mobile or landline, for the courier."))
    province = RegionField(
        label=_("Province"),
        widget=forms.Select(attrs={"autocomplete": "address-level1", **REFRESHES}),
    )
    city = RegionField(
        label=_("City"),
        widget=forms.Select(attrs={"autocomplete": "address-level2", **REFRESHES}),
    )
    district = LineField(
        label=_("District"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "address-level3", "list": "districts"}
        ),
    )
    street = LineField(
        label=_("Street and house"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    is_default = forms.BooleanField(label=_("My default address"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        province = str(self["province"].value() or "")
        city = str(self["city"].value() or "")
        self.districts = regions.districts(province, city)
        self._region("province").offer(regions.provinces(), _("Choose a province"))
        self._region("city").offer(regions.cities(province), _("Choose a city"))

    @classmethod
    def of(cls, address: Address) -> "AddressForm":
        """Return the form filled with an address that exists."""
        initial = {name: getattr(address, name) for name in cls.base_fields}
        return cls(initial={**initial, "phone": address.typed_phone})

    @classmethod
    def redrawn(cls, typed: QueryDict, changed: str | None) -> "AddressForm":
        """Return the form as typed, with the lists of the province and city chosen.

        It finds no fault yet. `changed` names the list that was just chosen from, where
        that is known: what stood below it belongs to the choice before.
        """
        data = typed.copy()
        province, city = str(data.get("province", "")), str(data.get("city", ""))
        cities = regions.cities(province)
        if city not in cities:
            city = data["city"] = cities[0] if len(cities) == 1 else ""
        districts = regions.districts(province, city)
        if changed in ("province", "city") and data.get("district") not in districts:
            data["district"] = ""
        form = cls(data)
        keep_errors(form)
        return form

    def clean_province(self) -> str:
        province: str = self.cleaned_data["province"]
        if province not in regions.provinces():
            raise ValidationError(_("Choose a province from the list."))
        return province

    def clean_city(self) -> str:
        city: str = self.cleaned_data["city"]
        # Without a right province there is no list to judge by.
        province = self.cleaned_data.get("province")
        if province and city not in regions.cities(province):
            raise ValidationError(_("Choose a city of this province."))
        return city

    def place(self) -> Place:
        """Return what was typed, once it is clean."""
        fields = {k: v for k, v in self.cleaned_data.items() if k != "is_default"}
        return Place(**fields)

    def _region(self, name: str) -> RegionField:
        field = self.fields[name]
        if not isinstance(field, RegionField):
            raise TypeError(name)
        return field
