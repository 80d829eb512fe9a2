"""The forms behind a product's page in the admin."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog import codes, pictures, rich_text, services
from catalog.admin import spec_form
from catalog.models import Picture, Product, ProductSpec, SpecDefinition, Variant
from shop import clock


class ProductForm(forms.ModelForm[Product]):
    """A product's own fields, and those that its category's specifications ask for."""

    class Meta:
        model = Product
        # The admin names them, fieldset by fieldset.
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "on_shelf_at" in self.fields:
            # Chinese times are written without seconds, which would be lost.
            self.fields["on_shelf_at"].widget.widgets[1].format = "%H:%M:%S"
        self.definitions = definitions_of(self.instance)
        self.fields.update(spec_form.fields_for(self.definitions))
        if self.instance.pk:
            values = self.instance.specs.select_related("definition")
            self.initial.update(spec_form.initial_for(list(values)))

    def clean_code(self) -> str:
        return codes.clean(self.cleaned_data["code"])

    def clean_description_zh(self) -> str:
        return rich_text.clean(self.cleaned_data["description_zh"])

    def clean_description_en(self) -> str:
        return rich_text.clean(self.cleaned_data["description_en"])

    def clean_on_shelf_at(self) -> datetime:
        moment: datetime = self.cleaned_data["on_shelf_at"]
        if not 2000 <= moment.year < 2100:
            raise ValidationError(_("Choose a year from 2000 to 2099."))
        return moment

    def save_specs(self) -> None:
        """Replace what is said of the product by what was typed."""
        rows = spec_form.rows_for(self.definitions, self.cleaned_data)
        for row in rows:
            row.product = self.instance
        self.instance.specs.filter(definition__in=self.definitions).delete()
        ProductSpec.objects.bulk_create(rows)


def definitions_of(product: Product | None) -> list[SpecDefinition]:
    """Return the specifications of a stored product's category, in order."""
    if product is None or not product.pk:
        return []
    return list(SpecDefinition.objects.filter(category=product.category_id).in_order())


VARIANT_COLUMNS = (
    "code",
    "option1_zh",
    "option1_en",
    "option2_zh",
    "option2_en",
    "picture",
    "position",
)
PRICES = ("regular_price", "list_price")


class VariantForm(forms.ModelForm[Variant]):
    """A variant; its stock is written through the ledger, never over it.

    So are its prices, with their history (`services.set_prices`).
    """

    # Not named like the column, which the admin would then write by itself.
    units = forms.IntegerField(
        label=_("stock"), min_value=0, max_value=1_000_000, initial=0
    )
    #: The stock when the page was made: a sale since then must not be overwritten.
    units_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Variant
        fields = VARIANT_COLUMNS + PRICES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = Picture.objects.none()
        if self.instance.pk:
            self.initial["units"] = self.initial["units_seen"] = self.instance.stock
            shown = Picture.objects.filter(product=self.instance.product_id).in_order()
        self.fields["picture"].queryset = shown  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return codes.clean(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # What counts is what staff changed, not what was sold while they looked.
        if self.instance.pk and cleaned.get("units") != cleaned.get("units_seen"):
            variants = Variant.objects.values_list("stock", flat=True)
            present = variants.get(pk=self.instance.pk)
            if cleaned.get("units_seen") != present:
                message = _("The stock has changed to %(stock)s meanwhile.")
                self.add_error(
                    "units", ValidationError(message, params={"stock": present})
                )
        return cleaned

    def save(self, commit: bool = True) -> Variant:
        """Write all columns but stock and prices of a variant that is there already."""
        if commit and self.instance.pk:
            self.instance.save(update_fields=VARIANT_COLUMNS)
            return self.instance
        self.instance.price = self.instance.regular_price
        variant: Variant = super().save(commit)
        return variant

    def set_prices(self) -> None:
        """Write the prices of a stored variant, or begin a new one's history."""
        variant = self.instance
        if "units_seen" not in self.initial:
            services.begin_history(variants=[variant], moment=clock.now())
        elif set(PRICES) & set(self.changed_data):
            new = services.NewPrice(
                variant.pk, variant.regular_price, variant.list_price
            )
            services.set_prices(prices=[new])


class PictureForm(forms.ModelForm[Picture]):
    upload = forms.FileField(
        label=_("picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 5 MB; best square, 800 pixels or more."),
    )
    stem = ""

    class Meta:
        model = Picture
        fields = ("alt_zh", "alt_en", "position")

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload:
            self.stem = pictures.store(upload)
            twin = Picture.objects.filter(product=self.instance.product_id)
            if twin.filter(stem=self.stem).exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("The product has this picture already."))
        elif not self.instance.pk:
            raise ValidationError(_("Choose a picture."))
        return upload

    def save(self, commit: bool = True) -> Picture:
        self.instance.stem = self.stem or self.instance.stem
        picture: Picture = super().save(commit)
        return picture
