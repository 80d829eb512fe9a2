"""What staff say goes well with a product (row H3)."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import Companion, Product


class CompanionForm(forms.ModelForm[Companion]):
    class Meta:
        model = Companion
        fields = ("other", "position")

    def clean_other(self) -> Product:
        # A row beside its product is not asked whether the constraint likes both.
        other: Product = self.cleaned_data["other"]
        if other.pk == self.instance.product_id:
            raise ValidationError(_("A product is no companion of itself."))
        return other


class CompanionInline(admin.TabularInline[Companion, Product]):
    model = Companion
    form = CompanionForm
    fk_name = "product"
    extra = 0
    ordering = ("position", "pk")
    autocomplete_fields = ("other",)
