"""One's own data as a file (row A11)."""

import json

from accounts.models import User
from accounts.throttle import reserve_daily
from shop import journal, personal
from shop.retry import whole_deed


def reserve_export(*, user: User) -> None:
    """Take one of the account's daily downloads. Raises Throttled."""
    reserve_daily("export", str(user.pk), "export_daily")


@whole_deed
def export_personal_data(*, user: User) -> str:
    """Return all that the shop holds about an account, as JSON, and write that down."""
    journal.record(journal.Kind.EXPORTED, about=user)
    held = personal.held_about(user)
    return json.dumps(held, ensure_ascii=False, indent=2) + "\n"
