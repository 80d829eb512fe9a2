"""What sending costs (row E9)."""

from dataclasses import dataclass
from decimal import Decimal

from shop.money import ZERO

RULES = ("freight_fee", "freight_free_from")


@dataclass(frozen=True)
class FreightRule:
    """A flat fee, and the sum of goods from which on there is none."""

    fee: Decimal
    free_from: Decimal

    def fee_for(self, goods: Decimal, *, is_free: bool) -> Decimal:
        """Return the freight of goods worth so much; nothing to send costs nothing.

        `is_free` says that every one of them is a product sent free of charge.
        """
        return self.fee if 0 < goods < self.free_from and not is_free else ZERO

    def missing(self, goods: Decimal) -> Decimal:
        """Return how much more to buy for free sending."""
        return max(self.free_from - goods, ZERO)


def rule_of(amounts: dict[str, Decimal]) -> FreightRule:
    """Return the rule among the shop's numbers that were asked for together."""
    return FreightRule(fee=amounts[RULES[0]], free_from=amounts[RULES[1]])
