"""To whom an invoice is made out; what staff say of it."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from orders import tax_numbers
from orders.models import InvoiceKind
from orders.services.invoices import InvoiceWish


class TaxNumberField(forms.CharField):
    """A company's tax number; spaces and small or full-width letters do no harm."""

    default_error_messages = {
        "invalid": _("Check the tax number: it has a mistake in it.")
    }

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        return "".join(text.split()).upper()

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not tax_numbers.is_valid(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class InvoiceFields(forms.Form):
    """No invoice, one for a person, or one for a company.

    Who names no kind but a title gets a company's with a tax number, else a person's.
    """

    invoice_kind = forms.ChoiceField(
        label=_("Invoice"),
        required=False,
        choices=[
            ("", _("No invoice")),
            (InvoiceKind.PERSONAL, _("For a person")),
            (InvoiceKind.COMPANY, _("For a company")),
        ],
        widget=forms.RadioSelect,
    )
    invoice_title = LineField(label=_("Made out to"), required=False, max_length=100)
    invoice_tax_number = TaxNumberField(
        label=_("Tax number"),
        required=False,
        max_length=40,
        help_text=_("The company's unified social credit code, 18 characters."),
    )

    @property
    def is_untouched(self) -> bool:
        """Tell whether nobody has said anything about an invoice yet."""
        names = InvoiceFields.base_fields
        return not self.is_bound and not any(map(self.initial.get, names))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = self._kind(cleaned)
        if kind != InvoiceKind.COMPANY:
            self._pass_over("invoice_tax_number", cleaned)
        elif cleaned.get("invoice_tax_number") == "":
            self.add_error("invoice_tax_number", _("Enter the company's tax number."))
        if not kind:
            self._pass_over("invoice_title", cleaned)
        elif cleaned.get("invoice_title") == "":
            self.add_error("invoice_title", _("Enter whom it is made out to."))
        return cleaned

    def wish(self) -> InvoiceWish | None:
        """Return what was asked for, once it is clean; None for no invoice."""
        title = self.cleaned_data["invoice_title"]
        number = self.cleaned_data["invoice_tax_number"]
        return InvoiceWish(title, number) if title else None

    def _kind(self, cleaned: dict[str, Any]) -> str:
        if "invoice_kind" in self.data:
            return cleaned.get("invoice_kind") or ""
        if self.data.get("invoice_tax_number"):
            return InvoiceKind.COMPANY
        # One with a mistake in it is a wish for an invoice, too.
        has_title = cleaned.get("invoice_title") or "invoice_title" in self.errors
        return InvoiceKind.PERSONAL if has_title else ""

    def _pass_over(self, name: str, cleaned: dict[str, Any]) -> None:
        # What stands below another choice is not looked at, right or wrong.
        cleaned[name] = ""
        self.errors.pop(name, None)


class InvoiceForm(InvoiceFields):
    """The same for an order that is placed; to have none is no choice there."""

    invoice_kind = forms.ChoiceField(
        label=_("Invoice"),
        choices=[
            (InvoiceKind.PERSONAL, _("For a person")),
            (InvoiceKind.COMPANY, _("For a company")),
        ],
        initial=InvoiceKind.PERSONAL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for whom it is.")},
    )

    def certain_wish(self) -> InvoiceWish:
        """Return what was asked for, once it is clean."""
        cleaned = self.cleaned_data
        return InvoiceWish(cleaned["invoice_title"], cleaned["invoice_tax_number"])


class IssueForm(forms.Form):
    """The number that the tax office gave the invoice."""

    number = LineField(label=_("invoice number"), max_length=40)


class CancelInvoiceForm(forms.Form):
    """Why an invoice is cancelled, and to whom another is made out, if at all."""

    reason = LineField(label=_("reason"), max_length=200)
    title = LineField(
        label=_("made out anew to"),
        required=False,
        max_length=100,
        help_text=_("Empty: no other invoice in its place."),
    )
    tax_number = TaxNumberField(label=_("tax number"), required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("tax_number") and cleaned.get("title") == "":
            self.add_error("title", _("Enter whom it is made out to."))
        return cleaned

    def wish(self) -> InvoiceWish | None:
        """Return to whom another one is made out; None for no other."""
        title = self.cleaned_data["title"]
        return InvoiceWish(title, self.cleaned_data["tax_number"]) if title else None
