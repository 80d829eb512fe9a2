"""What the catalogue can derive anew."""

import sys

from catalog import search, services
from shop import rebuild


@rebuild.register("search")
def words_and_ranks() -> int:
    """Learn all products' words, facets and sales anew; say how far it is."""
    rows = search.rebuild(_say)
    services.note_change()
    return rows


def _say(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[Ksearch: {done} of {total}")
        sys.stderr.flush()
