"""What reviews follow that is not theirs: under which name their authors are shown."""

from collections.abc import Collection
from typing import Any

from catalog import services as catalog
from reviews.models import Review
from shop import changes


@changes.follow("accounts")
def authors_changed(user_ids: Collection[Any]) -> None:
    """Somebody is called otherwise now, also on the pages of what was reviewed."""
    if Review.objects.written().filter(user__in=user_ids).exists():
        catalog.note_change()
