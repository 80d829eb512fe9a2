"""What reviews follow that is not theirs: their authors' names, refunds of items."""

from collections.abc import Collection
from typing import Any

from catalog import services as catalog
from reviews import services
from reviews.models import Review
from shop import changes


@changes.follow("accounts")
def authors_changed(user_ids: Collection[Any]) -> None:
    """Somebody is called otherwise now, also on the pages of what was reviewed."""
    if Review.objects.closed().filter(user__in=user_ids).exists():
        catalog.note_change()


@changes.follow("refunded_items")
def items_refunded(item_ids: Collection[int]) -> None:
    """All money for these items went back: nobody is asked to review them any more."""
    services.withdraw_reviews(item_ids)
