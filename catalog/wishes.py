"""What a shopper asks a list of products for, as its address says it.

Reads the search parameters of docs/contract.md leniently: what makes no sense is left
out, never an error.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog import search
from catalog.facets import in_order, number_of, range_of

MOST_PAGES = 100
#: More values than this of one parameter are no shopper's.
MOST_VALUES = 30
HIGHEST_PRICE = Decimal("99999999.99")

#: sort: its name for shoppers, and its order. Sold-out ones always come last.
SORTS = {
    "relevance": (_("Best match"), ["rank", "-sales_count", "-pk"]),
    "sales": (_("Sales"), ["-sales_count", "-pk"]),
    "newest": (_("Newest"), ["-on_shelf_at", "-pk"]),
    "price": (_("Price, low to high"), ["price", "pk"]),
    "-price": (_("Price, high to low"), ["-price", "-pk"]),
    "rating": (_("Rating"), ["-rating_average", "-rating_count", "-pk"]),
}


@dataclass(frozen=True)
class Wish:
    """What a shopper asked a list for."""

    query: str
    categories: list[str]
    brands: list[str]
    min_price: Decimal | None
    max_price: Decimal | None
    in_stock: bool
    specs: dict[str, list[str]]
    sort: str
    page: int


def with_ranges(parameters: QueryDict) -> QueryDict:
    """Write the ranges that a form sends in two fields as the one they stand for.

    `ram_gb-from=16&ram_gb-to=32` becomes `spec=ram_gb:16..32`; empty ones go.
    """
    joined = parameters.copy()
    ends: dict[str, dict[str, str]] = {}
    for name in parameters:
        key, dash, end = name.rpartition("-")
        if dash and end in ("from", "to"):
            ends.setdefault(key, {})[end] = (joined.pop(name)[-1]).strip()
    for key, typed in ends.items():
        low, high = typed.get("from", ""), typed.get("to", "")
        if low or high:
            joined.appendlist("spec", f"{key}:{low}..{high}")
    return joined


def read(parameters: QueryDict, *, category: str = "") -> Wish:
    """Read what was asked for. On a category's page `category` is that one."""
    parameters = with_ranges(parameters)
    query = _clean(parameters.get("q", ""))[: search.LONGEST_QUERY]
    sort = parameters.get("sort", "")
    if sort not in SORTS or (sort == "relevance" and not query):
        sort = "relevance" if query else "sales"
    low, high = (
        _price(parameters.get(name, "")) for name in ("min_price", "max_price")
    )
    low, high = in_order(low, high)
    return Wish(
        query=query,
        categories=[category] if category else _values(parameters, "category"),
        brands=_values(parameters, "brand"),
        min_price=low,
        max_price=high,
        in_stock=parameters.get("in_stock") == "1",
        specs=_specs(_values(parameters, "spec")),
        sort=sort,
        page=_page(parameters.get("page", "")),
    )


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())


def _values(parameters: QueryDict, name: str) -> list[str]:
    values = [_clean(value)[:100] for value in parameters.getlist(name)[:MOST_VALUES]]
    return [value for value in dict.fromkeys(values) if value]


def _specs(pairs: list[str]) -> dict[str, list[str]]:
    specs: dict[str, list[str]] = {}
    for pair in pairs:
        key, separator, value = pair.partition(":")
        # A range without a number would leave out nothing, and yet seem to be set.
        says = range_of(value) if ".." in value else value
        if key and separator and says:
            specs.setdefault(key, []).append(value)
    return specs


def _price(text: str) -> Decimal | None:
    number = number_of(text)
    if number is None or number < 0:
        return None
    return min(number, HIGHEST_PRICE)


def _page(text: str) -> int:
    # isdecimal also knows other scripts' digits, which int() reads as well.
    if not text.isdecimal() or len(text) > 9:
        return MOST_PAGES if text.isdecimal() else 1
    return max(1, min(int(text), MOST_PAGES))
