"""The pages that are measured, and what each may cost. A page is one row."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Page:
    """A page of the shop, or a yardstick."""

    name: str
    path: str
    #: What a right answer has in it.
    marker: str
    #: How often the CPU of the bare list it may cost, and with how many queries.
    most: float | None = None
    most_queries: int | None = None
    accept: str = "text/html"


#: Answered by benchmark.wsgi itself, past the shop's middleware.
EMPTY = Page("an empty view", "/-/empty/", "ok")
LIST = Page("a bare list of 24", "/-/list/", 'class="card"')

PHONES = quote("手机")
FOLDABLE = quote("折叠屏")
CARD = 'data-test="product-card"'

PAGES = [
    Page("home", "/", 'data-test="best-sellers"', 1.6, 6),
    Page("category, page 1", "/c/phones/", CARD, 1.6, 6),
    Page("category, page 100", "/c/phones/?page=100", CARD, 1.6, 6),
    Page("product page", "/p/7/", 'data-test="add-to-cart"', 0.8, 6),
    Page("search, common word", f"/search/?q={PHONES}", CARD, 1.8, 7),
    Page("search, rare word", f"/search/?q={FOLDABLE}", CARD, 1.8, 7),
    Page(
        "search, two filters and counts",
        f"/search/?q={PHONES}&in_stock=1&spec=ram_gb:12",
        'data-test="result-count"',
        3,
        12,
    ),
    Page(
        "type-ahead",
        "/search/suggest/?q=sho",
        '"suggestions": [{',
        0.5,
        accept="application/json",
    ),
]
#: Of the bare list's CPU, for a page that another visitor has just seen.
MOST_AGAIN = 0.3
#: How much more a page may cost at 1 000 000 products than at 10 000.
MOST_GROWTH = 1 / 3
