"""Prices that staff change are written down (row A11)."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Variant
from shop import journal
from shop.money import plain

#: The columns of a variant that are prices.
PRICES = ("price", "list_price")


def write_down_prices(*, variant: Variant, before: Mapping[str, Any]) -> None:
    """Write down which prices of a variant are not what they were.

    Call it in the transaction that changes them.
    """
    changes = [
        f"{name} {plain(before[name])} → {plain(getattr(variant, name))}"
        for name in PRICES
        if name in before and before[name] != getattr(variant, name)
    ]
    if changes:
        note = ", ".join(changes)
        journal.record(journal.Kind.PRICE_CHANGED, about=variant, note=note)
