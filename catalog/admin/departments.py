"""Categories and brands."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog import services
from catalog.admin.shown import ShownToShoppers
from catalog.models import Brand, Category

#: What searches and filters say of them.
SAID = {"name_zh", "name_en", "slug"}


@admin.register(Category)
class CategoryAdmin(ShownToShoppers[Category]):
    """Hiding a category hides its products everywhere (row B1)."""

    list_display = ("id", "name_zh", "name_en", "slug", "position", "is_visible")
    list_display_links = ("name_zh",)
    ordering = ("position", "pk")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> tuple[str, ...]:
        # The number is the key that products hang on.
        return ("id",) if obj else ()

    def save_model(
        self, request: HttpRequest, obj: Category, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and SAID & set(form.changed_data):
            services.words_changed(products=obj.products.all())


@admin.register(Brand)
class BrandAdmin(ShownToShoppers[Brand]):
    list_display = ("name_zh", "name_en", "slug")
    search_fields = ("name_zh", "name_en", "slug")
    ordering = ("slug",)

    def save_model(
        self, request: HttpRequest, obj: Brand, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and SAID & set(form.changed_data):
            services.words_changed(products=obj.products.all())
