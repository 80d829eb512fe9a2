"""What variants cost for a limited time, and what they have cost (rows H6, C4)."""

from datetime import datetime
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.variants import Variant
from shop.money import CENT


class LimitedPriceQuerySet(models.QuerySet["LimitedPrice"]):
    def running_at(self, moment: datetime) -> Self:
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def coming_at(self, moment: datetime) -> Self:
        return self.filter(starts_at__gt=moment)

    def over_at(self, moment: datetime) -> Self:
        return self.filter(ends_at__lte=moment)

    def overlapping(self, other: "LimitedPrice") -> Self:
        """Those of the same variant that share a moment with another one."""
        sisters = self.filter(variant=other.variant_id).exclude(pk=other.pk)
        return sisters.filter(starts_at__lt=other.ends_at, ends_at__gt=other.starts_at)

    def in_order(self) -> Self:
        return self.order_by("starts_at", "pk")


class LimitedPrice(models.Model):
    """A price that a variant has from one moment until just before another.

    Written by `catalog.services.limited_prices` alone, which keeps two of one variant
    from overlapping.
    """

    # It goes with its variant; orders have copied the price.
    variant = models.ForeignKey(
        Variant,
        models.CASCADE,
        related_name="limited_prices",
        verbose_name=_("variant"),
    )
    price = models.DecimalField(
        _("price"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(CENT)],
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    objects = LimitedPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("limited-time price")
        verbose_name_plural = _("limited-time prices")
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gt=0),
                name="catalog_limited_price_above_zero",
                violation_error_message=_("The price must be above zero."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="catalog_limited_price_ends_after_it_starts",
                violation_error_message=_("It must end after it starts."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["variant", "ends_at"], name="catalog_limited_price_by_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant.code}: {self.price}"

    def is_running_at(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


class PricePeriodQuerySet(models.QuerySet["PricePeriod"]):
    def since(self, moment: datetime) -> Self:
        """Those that lasted beyond a moment, or still do."""
        return self.filter(Q(is_open=True) | Q(to_at__gt=moment))

    def offered(self) -> Self:
        return self.filter(is_offered=True)

    def in_order(self) -> Self:
        return self.order_by("from_at", "pk")


class PricePeriod(models.Model):
    """How long a variant was offered at a price; the open one says its present price.

    Only ever added to and closed, by `catalog.services.price_history`.
    """

    variant = models.ForeignKey(
        Variant,
        models.CASCADE,
        related_name="price_periods",
        verbose_name=_("variant"),
        db_index=False,  # the constraint below begins with it
    )
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"), null=True, blank=True)
    #: True or NULL, of which a unique constraint allows many, on both databases.
    is_open = models.BooleanField(null=True, default=True, editable=False)
    #: On the shelf as long as it lasted. A price of a draft was charged to nobody.
    is_offered = models.BooleanField(default=True, editable=False)

    objects = PricePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("price period")
        verbose_name_plural = _("price periods")
        constraints = [
            models.UniqueConstraint(
                fields=("variant", "is_open"), name="catalog_price_period_one_is_open"
            ),
            models.CheckConstraint(
                # Without the first, NULL = true is neither true nor false, and passes.
                condition=Q(is_open__isnull=False, is_open=True, to_at__isnull=True)
                | Q(is_open__isnull=True, to_at__isnull=False),
                name="catalog_price_period_open_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")),
                name="catalog_price_period_takes_time",
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0), name="catalog_price_period_above_zero"
            ),
        ]
        indexes = [
            models.Index(
                fields=["variant", "to_at"], name="catalog_price_period_by_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.price}"
