"""What somebody has picked but not yet ordered."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Variant
from catalog.pictures import StoredPicture
from shop import clock
from shop.models import MutedTopic

#: Of a product, what only its own page shows.
LONG = ("description_zh", "description_en")
#: Nobody is reminded of a cart any more that much later, as after a long silence.
LONG_AGO = timedelta(days=3)


class CartQuerySet(models.QuerySet["Cart"]):
    def untouched_since(self, moment: datetime) -> Self:
        """Visitors' carts that nobody touched after this moment."""
        return self.filter(user=None, updated_at__lte=moment)

    def left(self, moment: datetime, *, after: timedelta, topic: str) -> Self:
        """Carts of accounts that were left `after` before this moment, not reminded of.

        With something to order in them; not long ago, and not of those who do not want
        to be reminded.
        """
        left_at = moment - after
        muted = MutedTopic.objects.about(topic).filter(account_id=OuterRef("user_id"))
        ticked = CartLine.objects.filter(cart=OuterRef("pk"), is_selected=True)
        public = Product.objects.public(moment).filter(pk=OuterRef("variant__product"))
        ready = ticked.filter(Exists(public), variant__stock__gt=0)
        return self.filter(
            Q(reminded_at=None) | Q(reminded_at__lt=F("updated_at")),
            ~Exists(muted),
            Exists(ready),
            user__is_active=True,
            updated_at__lte=left_at,
            updated_at__gt=left_at - LONG_AGO,
        )

    def left_since_reminder(self, account_id: int | None) -> Self:
        """The cart of an account that nobody touched or ordered since its reminder."""
        ticked = CartLine.objects.filter(cart=OuterRef("pk"), is_selected=True)
        own = self.filter(user__isnull=False, user=account_id)
        return own.filter(Exists(ticked), updated_at__lte=F("reminded_at"))


class Cart(models.Model):
    """The cart of an account, or of a visitor whose session keeps its token."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cart",
        verbose_name=_("account"),
    )
    #: Lower-case hexadecimal.
    token = models.CharField(max_length=40, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    #: When a line was last touched: visitors' carts that nobody comes back to go away.
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    #: When its owner was last reminded of it; once for each time that it is left.
    reminded_at = models.DateTimeField(null=True, editable=False)

    objects = CartQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        indexes = [
            # Visitors' carts by age, without looking at those of the accounts.
            models.Index(fields=("user", "updated_at", "id"), name="cart_cart_by_age"),
            # All carts by age: which of the accounts' were left a day ago.
            models.Index(fields=("updated_at", "id"), name="cart_cart_left"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, token__isnull=True)
                | Q(user__isnull=True, token__isnull=False),
                name="cart_cart_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class CartLineQuerySet(models.QuerySet["CartLine"]):
    def with_variants(self) -> Self:
        """With all that a line shows and is judged by."""
        lines = self.select_related("variant__product__category", "variant__picture")
        return lines.defer(*(f"variant__product__{name}" for name in LONG))

    def in_order(self) -> Self:
        """The newest first."""
        return self.order_by("-added_at", "-pk")

    def by_variant(self) -> Self:
        """In the one order in which variants are locked."""
        return self.order_by("variant_id")

    def ticked(self) -> Self:
        return self.filter(is_selected=True)

    def units(self) -> int:
        """The sum of the quantities."""
        found: int | None = self.aggregate(units=Sum("quantity"))["units"]
        return found or 0


class CartLine(models.Model):
    """So many units of one variant. `with_variants()` before asking for more."""

    cart = models.ForeignKey(
        Cart, models.CASCADE, related_name="lines", verbose_name=_("cart")
    )
    # A wish keeps nobody from taking a variant out of the catalogue.
    variant = models.ForeignKey(
        Variant,
        models.CASCADE,
        related_name="cart_lines",
        verbose_name=_("variant"),
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    #: Ticked to be ordered; asked together with `is_buyable_at`.
    is_selected = models.BooleanField(_("ticked"), default=True)
    #: What the shopper saw when it was last added.
    price_when_added = models.DecimalField(
        _("price when added"), max_digits=10, decimal_places=2
    )
    added_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CartLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint(
                fields=("cart", "variant"), name="cart_line_once_a_variant"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="cart_line_quantity_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"

    def is_buyable_at(self, now: datetime) -> bool:
        """Tell whether it can be ordered: its product is public, and some is left."""
        return self.variant.product.is_public(now) and not self.is_sold_out

    @property
    def is_sold_out(self) -> bool:
        return self.variant.stock < 1

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def picture(self) -> StoredPicture:
        """The variant's own picture, else the product's."""
        if self.variant.picture:
            return self.variant.picture.stored
        return self.product.picture

    @property
    def total(self) -> Decimal:
        return self.variant.price * self.quantity

    @property
    def savings(self) -> Decimal:
        return self.variant.savings * self.quantity

    @property
    def price_fell_by(self) -> Decimal:
        """How much less a unit costs now than when it was added; never below zero."""
        return max(self.price_when_added - self.variant.price, Decimal(0))

    @property
    def price_rose_by(self) -> Decimal:
        """How much more a unit costs now than when it was added; never below zero."""
        return max(self.variant.price - self.price_when_added, Decimal(0))

    @property
    def is_short(self) -> bool:
        """Some is left, but less than is wanted."""
        return 0 < self.variant.stock < self.quantity
