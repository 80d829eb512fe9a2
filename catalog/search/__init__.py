"""Finding products by words, behind one small interface (docs/decisions/0010).

`index`, `remove` and `rebuild` keep the words of products; `plan_for` understands a
query once, `search` finds a page of it and `matching` all; `suggest` completes words.
"""

from catalog.search.engine import Hits, matching, plan_for, search
from catalog.search.plan import NO_WORDS, Plan, understand
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
    "LONGEST_QUERY",
    "NO_WORDS",
    "Hits",
    "Plan",
    "Suggestion",
    "differences",
    "index",
    "index_in_bulk",
    "index_later",
    "index_stale",
    "matching",
    "plan_for",
    "rebuild",
    "remove",
    "search",
    "split",
    "suggest",
    "understand",
]
