"""What accounts like, and what they have looked at (row B10)."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from shop import clock
from shop.money import ZERO


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    def of(self, user_id: int | None) -> Self:
        """Those of an account; a visitor has none."""
        return self.none() if user_id is None else self.filter(user=user_id)

    def with_products(self) -> Self:
        """With all that a list of them shows."""
        texts = ("product__description_zh", "product__description_en")
        return self.select_related("product__category").defer(*texts)

    def newest_first(self) -> Self:
        return self.order_by("-added_at", "-pk")


class Favourite(models.Model):
    """A product that an account has given its heart to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="favourites",
        verbose_name=_("account"),
    )
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="favourites", verbose_name=_("product")
    )
    #: What its card showed then.
    price_when_added = models.DecimalField(
        _("price when added"), max_digits=10, decimal_places=2
    )
    added_at = models.DateTimeField(default=clock.now, editable=False)

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "product"), name="catalog_favourite_once_an_account"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-added_at", "-id"], name="catalog_favourite_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.product_id}"

    @property
    def price_fell_by(self) -> Decimal:
        """How much less it costs now than when it was added; never below zero."""
        return max(self.price_when_added - self.product.price, ZERO)


class HistoryEntryQuerySet(models.QuerySet["HistoryEntry"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def newest_first(self) -> Self:
        return self.order_by("-viewed_at", "-pk")


class HistoryEntry(models.Model):
    """When an account last looked at a product."""

    #: Neither key has a constraint in the database: its check would let a mere look
    #: wait until an order or an import lets go of the account or the product.
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
    viewed_at = models.DateTimeField(_("viewed at"), default=clock.now, editable=False)

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("viewed product")
        verbose_name_plural = _("viewed products")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "product"), name="catalog_history_once_a_product"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-viewed_at", "-id"], name="catalog_history_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.product_id}"
