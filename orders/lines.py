"""What is about to be ordered: lines, and what they come to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from cart import freight
from cart.freight import FreightRule
from cart.models import CartLine
from catalog.models import Variant
from shop import money, policy


@dataclass(frozen=True)
class Line:
    """A variant and how many of it are ordered."""

    variant: Variant
    quantity: int

    @property
    def amount(self) -> Decimal:
        return self.variant.price * self.quantity

    @property
    def savings(self) -> Decimal:
        """What it costs less than before; nothing is promised but what was charged."""
        return self.variant.savings * self.quantity

    @property
    def category_id(self) -> int:
        return self.variant.product.category_id

    def is_buyable_at(self, now: datetime) -> bool:
        """Tell whether there is any of it on sale; asks for product and category."""
        return self.variant.stock > 0 and self.variant.product.is_public(now)


def ticked_lines(user: User) -> list[Line]:
    """Return what is ticked in a shopper's cart, by variant, with one query."""
    ticked = CartLine.objects.filter(cart__user=user).ticked()
    lines = ticked.with_variants().by_variant()
    return [Line(line.variant, line.quantity) for line in lines]


def lines_of(wanted: Mapping[int, int]) -> list[Line]:
    """Return lines of these variants, by variant, in these quantities."""
    variants = Variant.objects.select_related("product__category", "picture")
    found = variants.filter(pk__in=wanted).order_by("pk")
    return [Line(variant, wanted[variant.pk]) for variant in found]


def totals_of(
    lines: Sequence[Line],
    discount: Decimal = money.ZERO,
    rule: FreightRule | None = None,
) -> tuple[Decimal, Decimal]:
    """Return what the goods of these lines cost, and the freight by a rule read before.

    The freight is that of what is paid for the goods, after the discount, as shoppers
    know it from Taobao and JD (docs/decisions/0014).
    """
    goods = goods_of(lines)
    rule = rule or freight.rule_of(policy.amounts(freight.RULES))
    return goods, rule.fee_for(goods - discount, is_free=is_sent_free(lines))


def is_sent_free(lines: Sequence[Line]) -> bool:
    """Tell whether every line is of a product sent free of charge (row E9)."""
    return all(line.variant.product.has_free_freight for line in lines)


def goods_of(lines: Sequence[Line]) -> Decimal:
    """Return what the lines cost, before a coupon and without freight."""
    return sum((line.amount for line in lines), money.ZERO)


def fingerprint_of(lines: Sequence[Line]) -> str:
    """Return a mark that another variant, quantity or price changes.

    The total alone would not do: one price may rise by what another one falls.
    """
    parts = [
        f"{line.variant.pk} {line.quantity} {money.plain(line.variant.price)}"
        for line in lines
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
