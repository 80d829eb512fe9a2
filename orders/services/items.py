"""What the floor above writes onto order items."""

from datetime import datetime

from orders.models import OrderItem


def begin_review(*, item_id: int, praise_at: datetime) -> None:
    """Remember that an item waits for its review, and when the clock praises."""
    waiting = OrderItem.objects.filter(pk=item_id)
    waiting.update(review_state="pending", praise_at=praise_at)


def set_review_state(*, item_id: int, state: str) -> None:
    """Remember what became of an item's review row, for tabs and counts."""
    OrderItem.objects.filter(pk=item_id).update(review_state=state)
