"""The address form. Its choices depend on each other, with and without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import regions
from accounts.address_line import LONGEST, Guess
from accounts.forms.fields import AnyPhoneField, LineField, keep_errors
from accounts.models import Address
from accounts.services.addresses import Place

#: The last choice of the districts: `district_other` says which one it is.
OTHER = "other"

AnyField = TypeVar("AnyField", bound=forms.Field)


def refreshes(what: str) -> dict[str, str]:
    """Let a choice fetch the lists below it (htmx); the chosen list stays untouched.

    Without JavaScript a button does, which posts `refresh`.
    """
    return {
        "hx-post": "",
        "hx-trigger": "change",
        "hx-vals": '{"refresh": "1"}',
        "hx-select": what,
        "hx-target": what,
        "hx-swap": "outerHTML",
        "hx-select-oob": "#region-news:innerHTML",
        "hx-sync": "#address-form:replace",
    }


class RegionField(forms.CharField):
    """A name out of a list. The form says which list, and judges by the list."""

    widget = forms.Select

    def offer(self, names: Sequence[str], empty: Any) -> None:
        self.widget.choices = [("", empty), *((name, name) for name in names)]


class DistrictSelect(forms.Select):
    """The city's districts, and a last choice with a text field beside it."""

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        typed = data.get(f"{name}_other") if chosen in (None, "", OTHER) else ""
        return typed or chosen

    def format_value(self, value: Any) -> list[str]:
        names = [name for name, _label in self.choices]
        return [str(v) if v in names else OTHER for v in super().format_value(value)]


class DistrictField(LineField):
    """A district by name: from the list, or any other."""

    widget = DistrictSelect

    def offer(self, names: Sequence[str]) -> None:
        self.widget.choices = [
            ("", _("Choose a district")),
            *((name, name) for name in names),
            (OTHER, _("Another district…")),
        ]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # a list has no `maxlength`

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        return "" if name == OTHER else name


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
        widget=forms.Select(
            attrs={"autocomplete": "address-level1", **refreshes("#below-province")}
        ),
    )
    city = RegionField(
        label=_("City"),
        widget=forms.Select(
            attrs={"autocomplete": "address-level2", **refreshes("#below-city")}
        ),
    )
    district = DistrictField(
        label=_("District"),
        max_length=60,
        widget=DistrictSelect(attrs={"autocomplete": "address-level3"}),
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
        self.cities = regions.cities(province)
        self.districts = regions.districts(province, city)
        self._field("province", RegionField).offer(
            regions.provinces(), _("Choose a province")
        )
        self._field("city", RegionField).offer(self.cities, _("Choose a city"))
        self._field("district", DistrictField).offer(self.districts)

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
        is_elsewhere = changed in ("province", "city")
        if is_elsewhere:
            data["district_other"] = ""
        if data.get("district") not in (*districts, "" if is_elsewhere else OTHER):
            data["district"] = ""
        if city and not districts:
            data["district"] = OTHER
        form = cls(data)
        keep_errors(form)
        return form

    @classmethod
    def filled(cls, typed: QueryDict, guess: Guess) -> "AddressForm":
        """Return the form as typed, with what was understood of a whole line in it."""
        data = typed.copy()
        for name, value in guess.fields.items():
            data[name] = value
        region = ("province", "city")
        is_elsewhere = any(data.get(name) != typed.get(name) for name in region)
        return cls.redrawn(data, "city" if is_elsewhere else None)

    @property
    def typed_district(self) -> str:
        """The district, if it is none of the list."""
        district = self["district"].value() or ""
        return "" if district in (*self.districts, OTHER) else district

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

    def _field(self, name: str, kind: type[AnyField]) -> AnyField:
        field = self.fields[name]
        if not isinstance(field, kind):
            raise TypeError(name)
        return field


class PastedField(forms.CharField):
    """Lines of text; a line's end counts as one character, as it does in a browser."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class LineForm(forms.Form):
    """A whole address in one piece, to be read."""

    # It shares its HTML form with the fields, which are sent without it too.
    use_required_attribute = False

    line = PastedField(
        label=_("Recipient, phone and address in one piece"),
        max_length=LONGEST,
        error_messages={"required": _("Paste or type an address first.")},
    )
