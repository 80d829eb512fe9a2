"""Coupons in shoppers' hands, and in the orders where they were used."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.models.coupons import Coupon
from orders.models.orders import Order


class ClaimedCouponQuerySet(models.QuerySet["ClaimedCoupon"]):
    def claimed_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own coupons; every load for a shopper starts here."""
        return self.filter(user=user.pk) if user.pk else self.none()

    def with_terms(self) -> Self:
        return self.select_related("coupon__category")

    def usable_at(self, moment: datetime) -> Self:
        """Not used, and not over; some may have to wait for their first second."""
        return self.filter(
            used_at=None, coupon__is_active=True, coupon__ends_at__gt=moment
        ).order_by("coupon__ends_at", "pk")

    def used(self) -> Self:
        return self.exclude(used_at=None).order_by("-used_at", "-pk")

    def over_at(self, moment: datetime) -> Self:
        """Never used, and not usable any more."""
        over = Q(coupon__is_active=False) | Q(coupon__ends_at__lte=moment)
        return self.filter(over, used_at=None).order_by("-coupon__ends_at", "-pk")


class ClaimedCoupon(models.Model):
    """One coupon in a shopper's hands, to be used once."""

    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="claims")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="coupons",
        verbose_name=_("account"),
    )
    #: The account's first, second … of this coupon: two claims at once meet here.
    serial = models.PositiveIntegerField(_("number"))
    claimed_at = models.DateTimeField(_("claimed at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = ClaimedCouponQuerySet.as_manager()

    class Meta:
        verbose_name = _("claimed coupon")
        verbose_name_plural = _("claimed coupons")
        constraints = [
            models.UniqueConstraint(
                fields=("coupon", "user", "serial"), name="orders_claim_numbered"
            ),
            models.CheckConstraint(
                condition=Q(serial__gte=1), name="orders_claim_numbered_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} #{self.serial}"


class CouponUseQuerySet(models.QuerySet["CouponUse"]):
    def give_back(self, order_id: int, moment: datetime) -> bool:
        """Note that an order's coupon went back; False when it has already."""
        standing = self.filter(order=order_id, given_back_at=None)
        return standing.update(given_back_at=moment, standing_claim=None) == 1


class CouponUse(models.Model):
    """A coupon in an order, with copies of what was shown (row F4).

    The order keeps it when it is closed and the coupon has gone back.
    """

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, related_name="coupon_use"
    )
    claim = models.ForeignKey(ClaimedCoupon, models.PROTECT, related_name="uses")
    #: The claim until it is given back: one coupon is never in two standing orders.
    standing_claim = models.OneToOneField(
        ClaimedCoupon, models.PROTECT, null=True, blank=True, related_name="standing"
    )
    code = models.CharField(_("code"), max_length=20)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    discount_amount = models.DecimalField(
        _("taken off"), max_digits=12, decimal_places=2
    )
    used_at = models.DateTimeField(_("used at"))
    given_back_at = models.DateTimeField(_("given back at"), null=True, blank=True)

    objects = CouponUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a coupon")
        verbose_name_plural = _("uses of coupons")
        indexes = [models.Index(fields=["code", "order"], name="orders_use_by_code")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_amount__gt=0), name="orders_use_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(given_back_at=None, standing_claim__isnull=False)
                & Q(standing_claim=F("claim"))
                | Q(given_back_at__isnull=False, standing_claim=None),
                name="orders_use_stands_or_is_given_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.order_id})"
