"""What is sold: products, as lists and pages show them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.departments import Brand, Category
from catalog.pictures import StoredPicture
from shop import clock


class ProductQuerySet(models.QuerySet["Product"]):
    def public(self, now: datetime) -> Self:
        """What shoppers may see: on the shelf by now, in a visible category."""
        return self.filter(
            status=Product.Status.ON_SHELF,
            on_shelf_at__lte=now,
            category__is_visible=True,
            # Without a variant there is no price, and nothing to buy.
            price__gt=0,
        )

    def on_shelf_of(self, category_ids: Iterable[int], now: datetime) -> Self:
        """The same of visible categories that are known already: without a join."""
        return self.filter(
            status=Product.Status.ON_SHELF,
            on_shelf_at__lte=now,
            category__in=category_ids,
            price__gt=0,
        )

    def in_stock(self) -> Self:
        return self.filter(is_sold_out=False)

    def best_sellers_first(self) -> Self:
        return self.order_by("is_sold_out", "-sales_count", "-pk")


class Product(models.Model):
    """A product with 1 to many variants.

    Price, stock, picture and the counters of sales and ratings are kept here for the
    lists: derived from the variants (`services.refresh_summary`) or written by the
    floors above through `catalog.services`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ON_SHELF = "on_shelf", _("on the shelf")
        OFF_SHELF = "off_shelf", _("off the shelf")

    #: Upper-case ASCII; `identity never rests on a collation`.
    code = models.CharField(_("code"), max_length=40, unique=True)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, related_name="products", verbose_name=_("brand")
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    summary_zh = models.CharField(_("summary (Chinese)"), max_length=200, blank=True)
    summary_en = models.CharField(_("summary (English)"), max_length=200, blank=True)
    #: Plain text, or HTML as `catalog.rich_text` leaves it.
    description_zh = models.TextField(_("description (Chinese)"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    #: What the variants differ in, such as colour and storage; one or two.
    option1_name_zh = models.CharField(
        _("first option (Chinese)"), max_length=20, blank=True
    )
    option1_name_en = models.CharField(
        _("first option (English)"), max_length=20, blank=True
    )
    option2_name_zh = models.CharField(
        _("second option (Chinese)"), max_length=20, blank=True
    )
    option2_name_en = models.CharField(
        _("second option (English)"), max_length=20, blank=True
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT
    )
    on_shelf_at = models.DateTimeField(
        _("on the shelf from"),
        default=clock.now,
        help_text=_("Set a future time, and it goes on sale by itself then."),
    )
    #: An order of nothing but such products costs no freight (row E9).
    has_free_freight = models.BooleanField(_("sent free of charge"), default=False)
    has_seven_day_return = models.BooleanField(_("seven-day return"), default=True)
    warranty_months = models.PositiveSmallIntegerField(
        _("warranty, months"), default=12, validators=[MaxValueValidator(240)]
    )
    ships_within_hours = models.PositiveSmallIntegerField(
        _("ships within, hours"), default=48, validators=[MaxValueValidator(2400)]
    )

    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, default=0, editable=False
    )
    #: As the variant's that gives the price.
    prior_price = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, editable=False
    )
    #: When the first of its variants' prices changes (`services.settle_products`).
    price_due_at = models.DateTimeField(null=True, editable=False)
    stock = models.PositiveIntegerField(_("stock"), default=0, editable=False)
    is_sold_out = models.BooleanField(_("sold out"), default=True, editable=False)
    #: The stem of the first picture's files; empty: the placeholder.
    main_picture = models.CharField(max_length=100, blank=True, editable=False)
    #: The key of the variant whose price this is: what a card puts into the cart. No
    #: foreign key, as variants already point to products.
    card_variant = models.PositiveBigIntegerField(null=True, editable=False)
    sales_count = models.PositiveIntegerField(_("sold"), default=0, editable=False)
    sales_30d = models.PositiveIntegerField(
        _("sold in 30 days"), default=0, editable=False
    )
    #: Sales from before this shop, which recounted figures begin with (row H2).
    opening_sales_count = models.PositiveIntegerField(default=0, editable=False)
    opening_sales_30d = models.PositiveIntegerField(default=0, editable=False)
    #: When those of thirty days were counted; thirty days later they are none. Empty:
    #: nobody knows, or it is over.
    opening_counted_at = models.DateTimeField(null=True, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    silent_count = models.PositiveIntegerField(default=0, editable=False)
    rating_average = models.DecimalField(
        _("rating"), max_digits=3, decimal_places=2, default=0, editable=False
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        # One for each sort of a category's page and of the whole shop, in the query's
        # direction. They end in what the shelf asks (`on_shelf_of`), so that a hundred
        # pages are passed without looking at a product.
        indexes = [
            models.Index(
                fields=[
                    "category",
                    "is_sold_out",
                    "-sales_count",
                    "-id",
                    "status",
                    "on_shelf_at",
                    "price",
                ],
                name="catalog_category_by_sales",
            ),
            models.Index(
                fields=[
                    "category",
                    "is_sold_out",
                    "-on_shelf_at",
                    "-id",
                    "status",
                    "price",
                ],
                name="catalog_category_newest",
            ),
            models.Index(
                fields=[
                    "category",
                    "is_sold_out",
                    "price",
                    "id",
                    "status",
                    "on_shelf_at",
                ],
                name="catalog_category_by_price",
            ),
            models.Index(
                fields=[
                    "is_sold_out",
                    "-sales_count",
                    "-id",
                    "category",
                    "status",
                    "on_shelf_at",
                    "price",
                ],
                name="catalog_by_sales",
            ),
            models.Index(
                fields=[
                    "is_sold_out",
                    "-on_shelf_at",
                    "-id",
                    "category",
                    "status",
                    "price",
                ],
                name="catalog_newest",
            ),
            models.Index(
                fields=[
                    "is_sold_out",
                    "price",
                    "id",
                    "category",
                    "status",
                    "on_shelf_at",
                ],
                name="catalog_by_price",
            ),
            models.Index(
                fields=["opening_counted_at", "id"], name="catalog_opening_sales"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating_average__range=(0, 5)),
                name="catalog_product_rating_at_most_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:product-detail", args=[self.pk])

    def is_public(self, now: datetime) -> bool:
        """Tell whether shoppers may see it; asks for its category."""
        return (
            self.status == self.Status.ON_SHELF
            and self.on_shelf_at <= now
            and self.category.is_visible
            and self.price > 0
        )

    @property
    def struck_price(self) -> Decimal | None:
        """What may stand struck through beside the price (docs/decisions/0012)."""
        return struck(self.prior_price, self.price)

    @property
    def picture(self) -> StoredPicture:
        """The first picture, or the placeholder."""
        return StoredPicture(self.main_picture)


def struck(prior_price: Decimal | None, price: Decimal) -> Decimal | None:
    """Return what may stand struck through beside a price (docs/decisions/0012)."""
    return prior_price if prior_price is not None and prior_price > price else None
