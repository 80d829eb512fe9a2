"""Which specifications the products of a category have (row B3)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import services
from catalog.admin.formsets import UnlikeFormSet
from catalog.admin.shown import ShownToShoppers
from catalog.models import Product, SpecChoice, SpecDefinition


class SpecChoiceFormSet(UnlikeFormSet[SpecChoice, SpecDefinition]):
    unlike = ("value",)


class SpecChoiceInline(admin.TabularInline[SpecChoice, SpecDefinition]):
    model = SpecChoice
    formset = SpecChoiceFormSet
    extra = 0
    ordering = ("position", "pk")


@admin.register(SpecDefinition)
class SpecDefinitionAdmin(ShownToShoppers[SpecDefinition]):
    list_display = (
        "name_zh",
        "name_en",
        "key",
        "category",
        "type",
        "unit",
        "is_filterable",
    )
    list_filter = ("category", "type", "is_filterable")
    list_select_related = ("category",)
    search_fields = ("key", "name_zh", "name_en")
    ordering = ("category", "position", "pk")
    inlines = (SpecChoiceInline,)

    def get_readonly_fields(
        self, request: HttpRequest, obj: SpecDefinition | None = None
    ) -> tuple[str, ...]:
        # What products say already would be lost under another type or category.
        in_use = obj and (obj.productspec_set.exists() or obj.variantspec_set.exists())
        return ("category", "key", "type", "is_many") if in_use else ()

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        if form.changed_data or any(formset.has_changed() for formset in formsets):
            said_of = Product.objects.filter(specs__definition=form.instance)
            services.words_changed(products=said_of)
            of_variants = Product.objects.filter(
                variants__specs__definition=form.instance
            )
            services.words_changed(products=of_variants)

    def delete_model(self, request: HttpRequest, obj: SpecDefinition) -> None:
        self.delete_queryset(request, SpecDefinition.objects.filter(pk=obj.pk))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[SpecDefinition]
    ) -> None:
        services.delete_specifications(definitions=queryset)
