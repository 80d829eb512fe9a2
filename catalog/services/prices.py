"""Prices that staff change are written down (row A11)."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.models import Variant
from shop import journal
from shop.money import plain

#: The columns of a variant that are prices.
PRICES = ("price", "list_price")


def write_down_prices(changes: Iterable[tuple[Variant, Mapping[str, Any]]]) -> None:
    """Write down which prices of variants are not what they were before.

    Call it in the transaction that changes them.
    """
    notes = [(variant, _note(variant, before)) for variant, before in changes]
    changed = [(variant, note) for variant, note in notes if note]
    journal.record_each(journal.Kind.PRICE_CHANGED, changed)


def _note(variant: Variant, before: Mapping[str, Any]) -> str:
    changes = [
        f"{name} {plain(before[name])} → {plain(getattr(variant, name))}"
        for name in PRICES
        if name in before and before[name] != getattr(variant, name)
    ]
    return ", ".join(changes)
