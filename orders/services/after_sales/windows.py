"""Until when an item may be returned, and then exchanged."""

from datetime import datetime, timedelta

from shop import policy


def after_sale_windows(received_at: datetime) -> dict[str, datetime]:
    """Return the columns of an item that is received: its days, by the rules of now."""
    rules = policy.amounts(["return_days", "exchange_days"])
    return {
        "return_by": received_at + timedelta(days=int(rules["return_days"])),
        "exchange_by": received_at + timedelta(days=int(rules["exchange_days"])),
    }
