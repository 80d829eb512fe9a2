"""What accounts have bought lately, for the recommendations (row H1)."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product

#: For so long a bought product is not recommended to its buyer.
LATELY = timedelta(days=7)


class RecentPurchaseQuerySet(models.QuerySet["RecentPurchase"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def lately(self, now: datetime) -> Self:
        return self.filter(bought_at__gt=now - LATELY)

    def forgettable(self, now: datetime) -> Self:
        """Those that no recommendation asks for any more."""
        return self.filter(bought_at__lte=now - LATELY)

    def newest_first(self) -> Self:
        return self.order_by("-bought_at", "-pk")


class RecentPurchase(models.Model):
    """When an account last paid for a product.

    Not a column of the browsing history: who forgets what they looked at has bought it
    all the same, and the history keeps no more than its newest rows.
    """

    #: Neither key has a constraint in the database: its check would take a shared lock
    #: on the account and the product in the middle of a payment.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_constraint=False,
        related_name="+",
        verbose_name=_("account"),
    )
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        db_constraint=False,
        related_name="+",
        verbose_name=_("product"),
    )
    bought_at = models.DateTimeField(_("bought at"), editable=False)

    objects = RecentPurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("recent purchase")
        verbose_name_plural = _("recent purchases")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "product"), name="catalog_purchase_once_a_product"
            ),
        ]
        indexes = [
            models.Index(fields=["bought_at", "id"], name="catalog_purchase_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.product_id}"
