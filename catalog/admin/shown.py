"""Rows that shoppers see: whatever staff do to them, kept pages follow."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog import services

M = TypeVar("M", bound=Model)


class ShownToShoppers(admin.ModelAdmin[M]):
    """Writes down each change, in the transaction that the admin makes it in."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        services.note_change()

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        super().delete_model(request, obj)
        services.note_change()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        super().delete_queryset(request, queryset)
        services.note_change()
