"""Money is a Decimal with two places, in yuan (CNY)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """Round to the cent, half up: the only rounding in the shop."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """Write money for machines: `6999.00`, without sign or grouping."""
    return f"{rounded(amount):f}"


def shown(amount: Decimal) -> str:
    """Write money for people, in both languages alike: `¥6,999.00`."""
    amount = rounded(amount)
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"
