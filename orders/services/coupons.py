"""Coupons are claimed, taken for an order, and given back, each exactly once.

Who locks does it in the order: order, cart, variants, coupon, its claims, wallet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from accounts import throttle
from accounts.models import User
from orders import coupon_codes
from orders.lines import Line
from orders.models import (
    ClaimedCoupon,
    Coupon,
    CouponAccess,
    CouponCode,
    CouponUse,
    Order,
)
from orders.refusals import CouponAllUsed, CouponGone, CouponUnfit, UnknownCoupon
from shop import clock, journal, money
from shop.retry import whole_deed


@dataclass(frozen=True)
class Discount:
    """What a coupon takes off an order, and each line's share, in the lines' order."""

    coupon: Coupon
    amount: Decimal
    shares: list[Decimal]


def discount_of(coupon: Coupon, lines: Sequence[Line]) -> Discount | None:
    """Return what a coupon takes off these lines; None when it does not fit them."""
    amounts = [(line.category_id, line.amount) for line in lines]
    amount = coupon.discount_on(coupon.fitting(amounts))
    if not amount:
        return None
    fitting = [coupon.fitting([each]) for each in amounts]
    return Discount(coupon, amount, money.spread(amount, fitting))


def claim_counted(*, user: User, code: str) -> ClaimedCoupon:
    """Do as claim(), and count what did not work: nobody guesses on. Throttled, too."""
    key = throttle.reserve_hourly("coupons", str(user.pk), "coupon_tries_hourly")
    claimed = claim(user=user, code=code)
    throttle.give_back(key)
    return claimed


@whole_deed
def claim(*, user: User, code: str) -> ClaimedCoupon:
    """Put the coupon of a code into the shopper's hands.

    `code` is canonical. Raises UnknownCoupon, CouponGone (none left, or over) or
    CouponAllUsed (this account has had its number).
    """
    return _claim(user, code, clock.now())


def discount_for(
    *, user: User, code: str, lines: Sequence[Line], now: datetime
) -> Discount:
    """Find out what the coupon of a code takes off, inside the order's transaction.

    Raises UnknownCoupon when the shopper has not claimed it, CouponGone when it is used
    or over, CouponUnfit when it is for other goods, or for more.
    """
    own = ClaimedCoupon.objects.claimed_by(user).with_terms()
    claims = own.filter(coupon__code=code).order_by("pk")
    if not claims:
        raise UnknownCoupon
    coupon = claims[0].coupon
    is_free = any(each.used_at is None for each in claims)
    if not is_free or not coupon.is_valid_at(now):
        raise CouponGone
    discount = discount_of(coupon, lines)
    if discount is None:
        raise CouponUnfit
    return discount


def take(*, order: Order, discount: Discount) -> None:
    """Use a coupon for an order, after its stock is taken. Raises CouponGone.

    One guarded statement: two orders that want the same coupon wait for each other
    here, and the second one finds it used.
    """
    now, coupon = order.placed_at, discount.coupon
    valid = Coupon.objects.same_terms(coupon).valid_at(now)
    unused = valid.filter(used_count__lt=F("claimed_count"))
    if not unused.update(used_count=F("used_count") + 1):
        raise CouponGone
    own = ClaimedCoupon.objects.claimed_by(order.user).filter(coupon=coupon)
    free = own.filter(used_at=None).order_by("pk").first()
    if free is None or not own.filter(pk=free.pk, used_at=None).update(used_at=now):
        raise CouponGone
    CouponUse.objects.create(
        order=order,
        claim=free,
        standing_claim=free,
        code=coupon.code,
        name_zh=coupon.name_zh,
        name_en=coupon.name_en,
        discount_amount=discount.amount,
        used_at=now,
    )


def give_back(*, order_id: int, at: datetime) -> None:
    """Put the coupon of an order that came to nothing back into its owner's hands."""
    use = CouponUse.objects.select_related("claim").filter(order=order_id).first()
    if use is None or not CouponUse.objects.give_back(order_id, at):
        return
    Coupon.objects.filter(pk=use.claim.coupon_id).update(used_count=F("used_count") - 1)
    ClaimedCoupon.objects.filter(pk=use.claim_id).update(used_at=None)


@whole_deed
def make_codes(*, coupon: Coupon, number: int) -> list[str]:
    """Make so many one-time codes of a coupon, and write that into the journal."""
    now = clock.now()
    codes = {coupon_codes.new_code(coupon.code) for _n in range(number)}
    while len(codes) < number:
        codes.add(coupon_codes.new_code(coupon.code))
    CouponCode.objects.bulk_create(
        [CouponCode(code=each, coupon=coupon, created_at=now) for each in codes],
        batch_size=500,
    )
    journal.record(
        journal.Kind.COUPON_CHANGED, about=coupon, note=f"+ {number} one-time codes"
    )
    return sorted(codes)


def _claim(user: User, code: str, now: datetime) -> ClaimedCoupon:
    coupon, single = _named(code)
    # The coupon's row first: whoever else claims this coupon waits here.
    left = Coupon.objects.claimable_at(now).filter(pk=coupon.pk)
    if not left.update(claimed_count=F("claimed_count") + 1):
        raise CouponGone
    own = ClaimedCoupon.objects.claimed_by(user).filter(coupon=coupon)
    had = own.count()
    if had >= coupon.shopper_limit:
        raise CouponAllUsed(coupon.shopper_limit)
    if single:
        unclaimed = CouponCode.objects.filter(pk=single.pk, claimed_at=None)
        if not unclaimed.update(claimed_at=now):
            raise CouponGone
    claimed = ClaimedCoupon(coupon=coupon, user=user, serial=had + 1, claimed_at=now)
    claimed.save(force_insert=True)
    return claimed


def _named(code: str) -> tuple[Coupon, CouponCode | None]:
    by_own = Coupon.objects.exclude(access=CouponAccess.SINGLE_CODES)
    coupon = by_own.select_related("category").filter(code=code).first()
    if coupon:
        return coupon, None
    codes = CouponCode.objects.select_related("coupon__category")
    single = codes.filter(code=code).first()
    if single is None or not code:
        raise UnknownCoupon
    return single.coupon, single
