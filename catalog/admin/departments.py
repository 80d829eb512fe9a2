"""Categories and brands."""

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Brand, Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """Hiding a category hides its products everywhere (row B1)."""

    list_display = ("id", "name_zh", "name_en", "slug", "position", "is_visible")
    list_display_links = ("name_zh",)
    ordering = ("position", "pk")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> tuple[str, ...]:
        # The number is the key that products hang on.
        return ("id",) if obj else ()


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin[Brand]):
    list_display = ("name_zh", "name_en", "slug")
    search_fields = ("name_zh", "name_en", "slug")
    ordering = ("slug",)
