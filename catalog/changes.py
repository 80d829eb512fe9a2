"""What the catalogue's pages follow that is not the catalogue's."""

from collections.abc import Collection
from typing import Any

from catalog.services import note_change
from shop import changes


@changes.follow("policy")
def rules_changed(names: Collection[Any]) -> None:
    """A rule may stand on a page, such as from how few units on it says so."""
    note_change()
