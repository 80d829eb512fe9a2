"""The shopper's coupons at the till: what each saves, or why it does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from cart.freight import FreightRule
from catalog.templatetags.catalog import words_of
from orders.lines import Line, goods_of, is_sent_free
from orders.models import ClaimedCoupon, Coupon
from orders.services.coupons import Discount, discount_of
from shop import money


@dataclass(frozen=True)
class CouponChoice:
    """One of the shopper's coupons beside the lines that are ordered."""

    coupon: Coupon
    #: None when it does not fit; then `why_not` says why.
    discount: Discount | None
    why_not: str
    #: What there is to pay less, all told: freight may come on top again.
    saved: Decimal
    #: The freight that is due only because of it.
    extra_freight: Decimal

    @property
    def code(self) -> str:
        return self.coupon.code


def choices_of(
    *, user: User, lines: Sequence[Line], rule: FreightRule, now: datetime
) -> list[CouponChoice]:
    """Return a shopper's coupons, those that save most first, of each kind one."""
    usable = ClaimedCoupon.objects.claimed_by(user).usable_at(now)
    keys = list(dict.fromkeys(usable.values_list("coupon_id", flat=True)))
    # Most shoppers have none, and the terms are wide.
    found = Coupon.objects.select_related("category").in_bulk(keys) if keys else {}
    choices = [_choice(found[key], lines, rule, now) for key in keys]
    # The sort keeps the order of equals: what is over first stands first.
    return sorted(choices, key=lambda x: (x.discount is None, -x.saved))


def best_of(choices: Sequence[CouponChoice]) -> str:
    """Return the code of the coupon that saves most; "" when none saves anything."""
    return next((choice.code for choice in choices if choice.saved > 0), "")


def _choice(
    coupon: Coupon, lines: Sequence[Line], rule: FreightRule, now: datetime
) -> CouponChoice:
    discount = discount_of(coupon, lines) if coupon.is_valid_at(now) else None
    if discount is None:
        why_not = _why_not(coupon, lines, now)
        return CouponChoice(coupon, None, why_not, money.ZERO, money.ZERO)
    goods, is_free = goods_of(lines), is_sent_free(lines)
    with_it = rule.fee_for(goods - discount.amount, is_free=is_free)
    extra = with_it - rule.fee_for(goods, is_free=is_free)
    return CouponChoice(coupon, discount, "", discount.amount - extra, extra)


def _why_not(coupon: Coupon, lines: Sequence[Line], now: datetime) -> str:
    if coupon.starts_at > now:
        begins = date_format(localtime(coupon.starts_at), "Y-m-d H:i")
        return _("It can be used from %(moment)s on.") % {"moment": begins}
    goods = coupon.fitting((line.category_id, line.amount) for line in lines)
    if coupon.category and not goods:
        name = words_of(coupon.category, "name")
        return _("It is only for %(category)s.") % {"category": name}
    missing = money.shown(coupon.minimum_amount - goods)
    return _("Add goods for %(amount)s more to use it.") % {"amount": missing}
