"""The stock ledger in the admin."""

from django.contrib import admin

from catalog.models import StockEntry
from shop.admin_lists import LookOnly


@admin.register(StockEntry)
class StockEntryAdmin(LookOnly, admin.ModelAdmin[StockEntry]):
    """The stock ledger: to read, never to write."""

    list_display = (
        "created_at",
        "variant",
        "kind",
        "change",
        "stock_after",
        "by",
        "reason",
    )
    list_select_related = ("variant", "by")
    list_filter = ("kind",)
    search_fields = ("variant__code",)
    ordering = ("-pk",)
    show_full_result_count = False
