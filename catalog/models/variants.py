"""What is priced, stocked and bought: the variants of products."""

from decimal import Decimal
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product, struck
from shop.money import CENT


class VariantQuerySet(models.QuerySet["Variant"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Variant(models.Model):
    """One colour and size of a product: what is priced, stocked and bought."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants")
    code = models.CharField(_("code"), max_length=40, unique=True)
    option1_zh = models.CharField(
        _("first option (Chinese)"), max_length=40, blank=True
    )
    option1_en = models.CharField(
        _("first option (English)"), max_length=40, blank=True
    )
    option2_zh = models.CharField(
        _("second option (Chinese)"), max_length=40, blank=True
    )
    option2_en = models.CharField(
        _("second option (English)"), max_length=40, blank=True
    )
    #: What it costs now: the regular price, or a lower one for a limited time. Only
    #: `catalog.services` writes it, with its history.
    price = models.DecimalField(
        _("price now"), max_digits=10, decimal_places=2, editable=False
    )
    #: What it costs while no limited-time price runs. Staff write it.
    regular_price = models.DecimalField(
        _("price"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(CENT, _("The price must be above zero."))],
    )
    #: What the maker recommends; never shown as a price that we charged.
    list_price = models.DecimalField(_("list price"), max_digits=10, decimal_places=2)
    #: The lowest price of the 30 days before the present one began, until it was last
    #: charged 30 days ago. Higher than the price, it may be struck through.
    prior_price = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, editable=False
    )
    #: When price or prior price change next, all by themselves
    #: (`services.settle_variants`).
    price_due_at = models.DateTimeField(
        null=True, blank=True, db_index=True, editable=False
    )
    #: What can be sold now. Every change has its StockEntry.
    stock = models.PositiveIntegerField(_("stock"), default=0)
    #: When the earliest unpaid order lets go of its units, or earlier, never later
    #: (`shop.due.settle`).
    held_until = models.DateTimeField(
        null=True, blank=True, db_index=True, editable=False
    )
    picture = models.ForeignKey(
        "Picture",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = VariantQuerySet.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(
                fields=("product", "option1_zh", "option2_zh"),
                name="catalog_variant_unlike_its_sisters",
                violation_error_message=_("Two variants have the same options."),
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0),
                name="catalog_variant_price_above_zero",
                violation_error_message=_("The price must be above zero."),
            ),
            models.CheckConstraint(
                condition=Q(price__lte=F("regular_price")),
                name="catalog_variant_price_not_above_regular_price",
            ),
            models.CheckConstraint(
                condition=Q(list_price__gte=F("regular_price")),
                name="catalog_variant_list_price_not_below_regular_price",
                violation_error_message=_("The list price must be at least the price."),
            ),
            models.CheckConstraint(
                condition=Q(stock__gte=0), name="catalog_variant_stock_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_limited(self) -> bool:
        """Tell whether a limited-time price runs."""
        return self.price < self.regular_price

    @property
    def struck_price(self) -> Decimal | None:
        """What may stand struck through beside the price (docs/decisions/0012)."""
        return struck(self.prior_price, self.price)

    @property
    def savings(self) -> Decimal:
        """How much less a unit costs than before; never below zero."""
        return (self.struck_price or self.price) - self.price
