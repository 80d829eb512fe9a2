"""Finding products by words, behind one small interface (docs/decisions/0010).

`index`, `remove` and `rebuild` keep the words of products; `plan_for` understands a
query once, `search` finds it in order and `matching` all; `suggest` completes words.
"""

from catalog.search.engine import Hits, matching, plan_for, search, some_of
from catalog.search.facets import digest_of, facet_terms, token_of
from catalog.search.plan import NO_WORDS, Plan, understand
from catalog.search.sql import COUNTED
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
from catalog.search.terms import Known
from catalog.search.words import LONGEST_QUERY, split

__all__ = [
    "COUNTED",
    "LONGEST_QUERY",
    "NO_WORDS",
    "Hits",
    "Known",
    "Plan",
    "Suggestion",
    "differences",
    "digest_of",
    "facet_terms",
    "index",
    "index_in_bulk",
    "index_later",
    "index_stale",
    "matching",
    "plan_for",
    "rebuild",
    "remove",
    "search",
    "some_of",
    "split",
    "suggest",
    "token_of",
    "understand",
]
