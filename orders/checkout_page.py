"""What the checkout page shows: lines, coupons, amounts, each computed anew."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.shortcuts import get_object_or_404

from accounts.models import User
from cart import freight
from cart.freight import FreightRule
from cart.services import settle_overdue
from catalog.models import Product
from orders.coupon_choices import CouponChoice, best_of, choices_of
from orders.lines import (
    Line,
    fingerprint_of,
    goods_of,
    is_sent_free,
    lines_of,
    ticked_lines,
)
from orders.services.coupons import Discount
from shop import due, money, policy


@dataclass(frozen=True)
class CheckoutPage:
    lines: list[Line]
    rule: FreightRule
    #: The shopper's coupons, those that fit first, the best of them on top.
    coupons: list[CouponChoice]
    #: Code of the chosen one, "" for none.
    coupon: str
    #: A new one for each page; the form sends it along.
    token: str

    @property
    def goods_amount(self) -> Decimal:
        return goods_of(self.lines)

    @property
    def savings(self) -> Decimal:
        return sum((line.savings for line in self.lines), money.ZERO)

    @property
    def discount(self) -> Discount | None:
        fitting = (x.discount for x in self.coupons if x.code == self.coupon)
        return next(fitting, None)

    @property
    def discount_amount(self) -> Decimal:
        return self.discount.amount if self.discount else money.ZERO

    @property
    def freight_amount(self) -> Decimal:
        goods = self.goods_amount - self.discount_amount
        return self.rule.fee_for(goods, is_free=is_sent_free(self.lines))

    @property
    def total_amount(self) -> Decimal:
        return self.goods_amount - self.discount_amount + self.freight_amount

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.lines)


def load(
    *,
    user: User,
    buy_now: dict[int, int] | None,
    now: datetime,
    coupon: str | None = None,
) -> CheckoutPage:
    """Load what would be ordered now: the ticked lines, or what is bought at once.

    `coupon` is the code that was chosen, "" when none shall be used; None takes the one
    that saves most. Without lines there is nothing (any more) to order.
    """
    # An overdue order of the shopper's own holds its coupon no longer.
    due.settle("accounts", [user.pk])
    lines = _lines(user, buy_now, now)
    rule = freight.rule_of(policy.amounts(freight.RULES))
    choices = choices_of(user=user, lines=lines, rule=rule, now=now)
    if coupon is None:
        coupon = best_of(choices)
    elif not any(x.code == coupon and x.discount for x in choices):
        coupon = ""
    return CheckoutPage(lines, rule, choices, coupon, secrets.token_urlsafe(24))


def product_of(buy_now: dict[int, int], now: datetime) -> Product:
    """Return the product that is bought at once. Http404 when it is not on sale."""
    public = Product.objects.public(now).filter(variants__in=list(buy_now))
    return get_object_or_404(public)


def _lines(user: User, buy_now: dict[int, int] | None, now: datetime) -> list[Line]:
    def read() -> list[Line]:
        return ticked_lines(user) if buy_now is None else lines_of(buy_now)

    lines = read()
    if settle_overdue((line.variant for line in lines), now=now):
        lines = read()
    return [line for line in lines if line.is_buyable_at(now)]
