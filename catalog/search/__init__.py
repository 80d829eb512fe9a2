"""Finding products by words, behind one small interface.

`index`, `remove` and `rebuild` keep the words of products; `search` finds a page of
them, `matching` all. This first engine looks for every word inside the product's folded
text. Whatever takes its place keeps these functions (features.md, B5 and M7).
"""

from catalog.search.engine import (
    Hits,
    differences,
    index,
    matching,
    rebuild,
    remove,
    search,
)
from catalog.search.words import LONGEST_QUERY, split

__all__ = [
    "LONGEST_QUERY",
    "Hits",
    "differences",
    "index",
    "matching",
    "rebuild",
    "remove",
    "search",
    "split",
]
