"""What accounts want to be told of: that something is there again, or costs less."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from catalog.models.variants import Variant
from shop import clock
from shop.models import MutedTopic
from shop.money import ZERO


class AlertQuerySet(models.QuerySet["Alert"]):
    def of(self, user_id: int | None) -> Self:
        """Those of an account; a visitor has none."""
        return self.none() if user_id is None else self.filter(user=user_id)

    def waiting(self, now: datetime) -> Self:
        """Those that nobody was told of yet, and that still count."""
        return self.filter(told_at=None, ends_at__gt=now)

    def fulfilled(self) -> Self:
        """Those whose variant is there, or there for less than when it was asked."""
        happened = Q(kind=Alert.Kind.RESTOCK) | Q(variant__price__lt=F("price"))
        return self.filter(happened, variant__stock__gt=0)

    def promising(self) -> Self:
        """Those untold that are fulfilled: answered by an index, every time again."""
        return self.filter(told_at=None).fulfilled()

    def heard(self, now: datetime, topic: str) -> Self:
        """Those fulfilled whose product shoppers may see and whose account wants it."""
        public = Product.objects.public(now).filter(pk=OuterRef("variant__product"))
        muted = MutedTopic.objects.about(topic).filter(account_id=OuterRef("user_id"))
        wanted = self.filter(Exists(public), ~Exists(muted), user__is_active=True)
        return wanted.fulfilled()

    def over(self, now: datetime) -> Self:
        return self.filter(ends_at__lte=now)

    def with_products(self) -> Self:
        """With all that a list of them shows."""
        texts = ("description_zh", "description_en")
        whole = self.select_related("variant__product__category")
        return whole.defer(*(f"variant__product__{name}" for name in texts))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Alert(models.Model):
    """An account wants to be told once of something about a variant (row C5).

    Once told, it is over; who asks again sets it anew.
    """

    class Kind(models.TextChoices):
        RESTOCK = "restock", _("back in stock")
        PRICE = "price", _("price drop")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="alerts",
        verbose_name=_("account"),
    )
    variant = models.ForeignKey(
        Variant, models.CASCADE, related_name="alerts", verbose_name=_("variant")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    #: What it cost when it was asked for.
    price = models.DecimalField(_("price then"), max_digits=10, decimal_places=2)
    created_at = models.DateTimeField(_("asked for at"), default=clock.now)
    #: Until when it counts (the rule `alert_days` of then); then it goes away.
    ends_at = models.DateTimeField(_("counts until"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "variant", "kind"), name="catalog_alert_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("created_at")),
                name="catalog_alert_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"], name="catalog_alert_newest"
            ),
            # All that `promising` asks.
            models.Index(
                fields=["told_at", "variant", "kind", "price"],
                name="catalog_alert_waiting",
            ),
            models.Index(fields=["ends_at", "id"], name="catalog_alert_over"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.variant_id}"

    def is_waiting_at(self, now: datetime) -> bool:
        """Tell whether nobody was told of it yet, and it still counts."""
        return self.told_at is None and self.ends_at > now

    @property
    def price_fell_by(self) -> Decimal:
        """How much less it costs now than when it was asked for; never below zero."""
        return max(self.price - self.variant.price, ZERO)
