"""Until when an item may be returned, and then exchanged."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from shop import policy

RULES = ("after_sale_days", "exchange_days")


def after_sale_windows(received_at: datetime) -> dict[str, datetime]:
    """Return the columns of an item that is received: its days, by the rules of now."""
    return windows_by(policy.amounts(RULES), received_at)


def windows_by(
    rules: Mapping[str, Decimal], received_at: datetime
) -> dict[str, datetime]:
    """Return the same by rules that were read."""
    return {
        "return_by": received_at + timedelta(days=int(rules["after_sale_days"])),
        "exchange_by": received_at + timedelta(days=int(rules["exchange_days"])),
    }
