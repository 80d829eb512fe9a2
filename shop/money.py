"""Money is a Decimal with two places, in yuan (CNY)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """Round to the cent, half up: the only rounding in the shop."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def spread(amount: Decimal, over: Sequence[Decimal]) -> list[Decimal]:
    """Share an amount out in proportion to `over`, to the cent; the shares add up.

    Largest remainder: every share is cut to the cent, then what is left goes, a cent
    each, to those that lost most; of equals to the first. No share is below zero or,
    while `amount` is at most their sum, above what it is a share of.
    """
    whole = sum(over, ZERO)
    if not whole:
        return [ZERO for _part in over]
    cents = int(amount / CENT)
    exact = [cents * part / whole for part in over]
    shares = [int(share) for share in exact]
    by_loss = sorted(range(len(over)), key=lambda n: (shares[n] - exact[n], n))
    for n in by_loss[: cents - sum(shares)]:
        shares[n] += 1
    return [share * CENT for share in shares]


def plain(amount: Decimal) -> str:
    """Write money for machines: `6999.00`, without sign or grouping."""
    return f"{rounded(amount):f}"


def shown(amount: Decimal) -> str:
    """Write money for people, in both languages alike: `¥6,999.00`."""
    amount = rounded(amount)
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"
