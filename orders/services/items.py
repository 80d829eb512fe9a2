"""What the floor above writes onto order items."""

from collections.abc import Collection
from datetime import datetime

from orders.models import OrderItem


def begin_review(*, item_id: int, praise_at: datetime) -> None:
    """Remember that an item waits for its review, and when the clock praises."""
    waiting = OrderItem.objects.filter(pk=item_id)
    waiting.update(review_state="pending", praise_at=praise_at)


def set_review_state(*, item_id: int, state: str) -> None:
    """Remember what became of an item's review row, for tabs and counts."""
    set_review_states(item_ids=[item_id], state=state)


def set_review_states(*, item_ids: Collection[int], state: str) -> None:
    """Do the same for several items."""
    OrderItem.objects.filter(pk__in=item_ids).update(review_state=state)
