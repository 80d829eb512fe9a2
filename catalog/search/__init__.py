"""Finding products by words, behind one small interface (docs/decisions/0010, 0017).

`index`, `remove` and `rebuild` keep the words of products. `snapshot` is what is known
of all of them: in it `plan_for` understands a query once, `found` finds what has its
words, `by_rank` and `by_columns` put that in order; `suggest` completes words.
"""

from catalog.search.engine import COUNTED, Hits, by_columns, by_rank, found, plan_for
from catalog.search.keeping import note_changed, snapshot
from catalog.search.plan import Plan, understand
from catalog.search.snapshot import NOTHING, Facets, Snapshot
from catalog.search.store import (
    differences,
    index,
    index_in_bulk,
    index_later,
    index_stale,
    rebuild,
    remove,
)
from catalog.search.suggest import Suggestion, suggest
from catalog.search.words import LONGEST_QUERY, split

__all__ = [
    "COUNTED",
    "LONGEST_QUERY",
    "NOTHING",
    "Facets",
    "Hits",
    "Plan",
    "Snapshot",
    "Suggestion",
    "by_columns",
    "by_rank",
    "differences",
    "found",
    "index",
    "index_in_bulk",
    "index_later",
    "index_stale",
    "note_changed",
    "plan_for",
    "rebuild",
    "remove",
    "snapshot",
    "split",
    "suggest",
    "understand",
]
