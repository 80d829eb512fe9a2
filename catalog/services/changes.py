"""Telling the pages that are kept that something on them changed."""

from catalog.models import CatalogChange


def note_change() -> None:
    """Write down that shoppers see something else now.

    Called in the transaction of the deed. Without it a kept page stays as it was, for
    ten minutes at most: every deed that changes what a page shows must come here.
    """
    CatalogChange.objects.create()
