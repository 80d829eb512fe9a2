"""Coupons: what they take off, for whom, how many of them there are."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from shop import money

#: What a coupon's own code looks like. One-time codes have a hyphen in them, so the
#: two never meet.
CODE = r"^[0-9A-Z]{4,20}$"
#: What a shopper was told; of a coupon that somebody has claimed it stays as it is.
TERMS = ("kind", "amount", "percent", "cap", "minimum_amount", "category_id")


class CouponKind(models.TextChoices):
    AMOUNT = "amount", _("amount")
    PERCENT = "percent", _("percent")


class CouponAccess(models.TextChoices):
    LISTED = "listed", _("offered to everybody")
    CODE = "code", _("for whoever knows its code")
    SINGLE_CODES = "single_codes", _("only by one-time codes")


class CouponQuerySet(models.QuerySet["Coupon"]):
    def valid_at(self, moment: datetime) -> Self:
        """Those that can be used at a moment: from the first second, not the last."""
        return self.filter(is_active=True, starts_at__lte=moment, ends_at__gt=moment)

    def claimable_at(self, moment: datetime) -> Self:
        """Those of which there is one left; they may be claimed before they begin."""
        left = Q(total_limit=None) | Q(claimed_count__lt=F("total_limit"))
        return self.filter(left, is_active=True, ends_at__gt=moment)

    def offered_to(
        self, user: AbstractBaseUser | AnonymousUser, moment: datetime
    ) -> Self:
        """Those that everybody may claim and that this account has not claimed yet."""
        listed = self.claimable_at(moment).filter(access=CouponAccess.LISTED)
        return listed.exclude(claims__user=user.pk).order_by("ends_at", "pk")

    def same_terms(self, coupon: "Coupon") -> Self:
        """The coupon's row, if its terms are still those that were read."""
        terms = {name: getattr(coupon, name) for name in TERMS}
        return self.filter(pk=coupon.pk, **terms)


class Coupon(models.Model):
    """Takes an amount or a percentage off the goods of one order (row E8)."""

    #: Canonical: ASCII, upper-case.
    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[RegexValidator(CODE)]
    )
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CouponKind)
    amount = models.DecimalField(
        _("amount off"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    percent = models.PositiveSmallIntegerField(
        _("percent off"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    cap = models.DecimalField(
        _("takes off at most"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    minimum_amount = models.DecimalField(
        _("for goods from"), max_digits=10, decimal_places=2, default=money.ZERO
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only in this category"),
    )
    access = models.CharField(
        _("who may claim it"),
        max_length=20,
        choices=CouponAccess,
        default=CouponAccess.CODE,
    )
    shopper_limit = models.PositiveIntegerField(_("for each account"), default=1)
    total_limit = models.PositiveIntegerField(_("in all"), null=True, blank=True)
    claimed_count = models.PositiveIntegerField(_("claimed"), default=0, editable=False)
    used_count = models.PositiveIntegerField(_("used"), default=0, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = CouponQuerySet.as_manager()

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        indexes = [
            models.Index(fields=["access", "ends_at", "id"], name="orders_coupon_offer")
        ]
        constraints = [
            models.CheckConstraint(
                # "is not null" by name: an unknown answer would pass.
                condition=Q(kind="amount", percent=None, cap=None)
                & Q(amount__isnull=False, amount__gt=0)
                | Q(kind="percent", amount=None)
                & Q(percent__isnull=False, percent__gte=1, percent__lte=99),
                name="orders_coupon_amount_or_percent",
                violation_error_message=_("Enter an amount, or a percentage."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(minimum_amount__gt=F("amount")),
                name="orders_coupon_below_its_goods",
                violation_error_message=_(
                    "The goods must cost more than is taken off."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__gte=0) & (Q(cap=None) | Q(cap__gt=0)),
                name="orders_coupon_amounts_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="orders_coupon_ends_after_it_starts",
                violation_error_message=_("It must end after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(total_limit=None) | Q(claimed_count__lte=F("total_limit")),
                name="orders_coupon_claimed_within_limit",
                violation_error_message=_("More than that are claimed already."),
            ),
            models.CheckConstraint(
                condition=Q(used_count__lte=F("claimed_count")),
                name="orders_coupon_used_within_claimed",
            ),
            models.CheckConstraint(
                condition=Q(shopper_limit__gte=1),
                name="orders_coupon_at_least_one_for_each",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_valid_at(self, moment: datetime) -> bool:
        return self.is_active and self.starts_at <= moment < self.ends_at

    def fitting(self, amounts: Iterable[tuple[int, Decimal]]) -> Decimal:
        """Sum up the goods that it counts for; `amounts` are (category id, amount)."""
        category = self.category_id
        return sum((a for own, a in amounts if category in (None, own)), money.ZERO)

    def discount_on(self, goods: Decimal) -> Decimal:
        """Return what it takes off fitting goods; 0 when they cost too little.

        Never all: something is always left to pay.
        """
        if goods < self.minimum_amount:
            return money.ZERO
        wish = self.amount or money.rounded(goods * (self.percent or 0) / 100)
        most = min(wish, goods - money.CENT)
        return max(min(most, self.cap) if self.cap else most, money.ZERO)


class CouponCode(models.Model):
    """A code that claims its coupon once, for whoever comes first."""

    #: Canonical: the coupon's code, a hyphen, ten random letters and digits.
    code = models.CharField(_("code"), max_length=40, unique=True)
    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="codes")
    created_at = models.DateTimeField(_("made at"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("coupon code")
        verbose_name_plural = _("coupon codes")

    def __str__(self) -> str:
        return self.code
