"""Which specifications the products of a category have (row B3)."""

from django.contrib import admin

from catalog.models import SpecChoice, SpecDefinition


class SpecChoiceInline(admin.TabularInline[SpecChoice, SpecDefinition]):
    model = SpecChoice
    extra = 0
    ordering = ("position", "pk")


@admin.register(SpecDefinition)
class SpecDefinitionAdmin(admin.ModelAdmin[SpecDefinition]):
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
