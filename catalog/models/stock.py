"""The ledger beside every stock figure."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.variants import Variant
from shop.models import AppendOnlyQuerySet, AppendOnlyRow


class StockEntry(AppendOnlyRow):
    """One line of a variant's stock ledger. Written once, never changed (row M2)."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("first stock")
        COUNT = "count", _("counted by staff")
        ORDER = "order", _("taken by an order")
        CANCELLED = "cancelled", _("given back by an order")
        RETURNED = "returned", _("came back from a buyer")
        SCRAPPED = "scrapped", _("scrapped")
        REPLACEMENT = "replacement", _("sent as a replacement")

    variant = models.ForeignKey(
        Variant, models.PROTECT, related_name="stock_entries", verbose_name=_("variant")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    change = models.IntegerField(_("change"))
    stock_after = models.PositiveIntegerField(_("stock after"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: Who did it; empty: the system.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet["StockEntry"].as_manager()

    class Meta:
        # The manager behind the scenes too: it would change rows without a word.
        base_manager_name = "objects"
        verbose_name = _("stock entry")
        verbose_name_plural = _("stock entries")
        constraints = [
            models.CheckConstraint(
                condition=~Q(change=0), name="catalog_stock_entry_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.change:+d}"
