"""Lists of products: what was asked for, and the page that answers it.

Reads the search parameters of docs/contract.md leniently: what makes no sense is left
out, never an error.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog import search
from catalog.models import Product, ProductSpec, VariantSpec

PER_PAGE = 24
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

    @property
    def has_filters(self) -> bool:
        return bool(
            self.brands
            or self.specs
            or self.in_stock
            or self.min_price is not None
            or self.max_price is not None
        )

    @property
    def words_and_filters(self) -> str:
        """What decides which products are found, in whatever order."""
        return repr(replace(self, sort="", page=1))


@dataclass(frozen=True)
class Listing:
    """One page of products, and what stands around it."""

    wish: Wish
    products: list[Product]
    total: int
    is_exact: bool
    page: int
    pages: int
    #: All products that fit, not only those of this page.
    matching: QuerySet[Product]
    #: How the words were understood, and which were left out.
    plan: search.Plan = search.NO_WORDS

    @property
    def plus(self) -> str:
        """What stands behind a total that is not exact."""
        return "" if self.is_exact else "+"

    @property
    def previous_page(self) -> int:
        return self.page - 1

    @property
    def next_page(self) -> int:
        return self.page + 1

    @property
    def page_numbers(self) -> list[int | None]:
        """The pages to link to: first, last, and those around; None is a gap."""
        near = {1, self.pages, *range(self.page - 2, self.page + 3)}
        numbers: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= self.pages):
            if numbers and numbers[-1] != number - 1:
                numbers.append(None)
            numbers.append(number)
        return numbers


def read(parameters: QueryDict, *, category: str = "") -> Wish:
    """Read what was asked for. On a category's page `category` is that one."""
    query = _clean(parameters.get("q", ""))[: search.LONGEST_QUERY]
    sort = parameters.get("sort", "")
    if sort not in SORTS or (sort == "relevance" and not query):
        sort = "relevance" if query else "sales"
    return Wish(
        query=query,
        categories=[category] if category else _values(parameters, "category"),
        brands=_values(parameters, "brand"),
        min_price=_price(parameters.get("min_price", "")),
        max_price=_price(parameters.get("max_price", "")),
        in_stock=parameters.get("in_stock") == "1",
        specs=_specs(_values(parameters, "spec")),
        sort=sort,
        page=_page(parameters.get("page", "")),
    )


def find(wish: Wish, *, now: datetime) -> Listing:
    """Find the page of products that answers a wish.

    Past the end it is the last page, so that an old link still shows something.
    """
    products = filtered(wish, now=now)
    order = ["is_sold_out", *SORTS[wish.sort][1]]
    # By the whole shelf: what a filter hides is no reason to leave out words.
    plan = search.plan_for(Product.objects.public(now), wish.query)

    def hits_of(page: int) -> search.Hits:
        first = (page - 1) * PER_PAGE
        return search.search(products, plan, order, first, PER_PAGE)

    return _listing(wish, plan, hits_of, search.matching(products, plan))


def filtered(wish: Wish, *, now: datetime) -> QuerySet[Product]:
    """Return the public products that pass all filters, whatever their words."""
    products = Product.objects.public(now)
    if wish.categories:
        products = products.filter(category__slug__in=wish.categories)
    if wish.brands:
        products = products.filter(brand__slug__in=wish.brands)
    if wish.min_price is not None:
        products = products.filter(price__gte=wish.min_price)
    if wish.max_price is not None:
        products = products.filter(price__lte=wish.max_price)
    if wish.in_stock:
        products = products.in_stock()
    for key, values in wish.specs.items():
        products = products.filter(_has_spec(key, values))
    return products


def _listing(
    wish: Wish,
    plan: search.Plan,
    hits_of: Callable[[int], search.Hits],
    matching: QuerySet[Product],
) -> Listing:
    hits = hits_of(wish.page)
    pages = min(max(1, -(-hits.total // PER_PAGE)), MOST_PAGES)
    page = min(wish.page, pages)
    if page != wish.page:
        hits = hits_of(page)
    return Listing(
        wish=wish,
        products=Product.objects.cards_in_order(hits.ids),
        total=hits.total,
        is_exact=hits.is_exact,
        page=page,
        pages=pages,
        matching=matching,
        plan=plan,
    )


def _has_spec(key: str, values: list[str]) -> Q:
    # Of a product, or of one of its variants; one of the values is enough.
    wanted = Q()
    for value in values:
        wanted |= _fits(value)
    fits = Q(definition__key=key) & wanted
    of_product = ProductSpec.objects.filter(fits, product=OuterRef("pk"))
    of_variant = VariantSpec.objects.filter(fits, variant__product=OuterRef("pk"))
    return Q(Exists(of_product)) | Q(Exists(of_variant))


def _fits(value: str) -> Q:
    low, is_range, high = value.partition("..")
    if is_range:
        return _between(_number(low), _number(high))
    fits = Q(choice__value=value) | Q(text_zh=value) | Q(text_en=value)
    number = _number(value)
    if number is not None:
        fits |= Q(number=number)
    if value in ("true", "false"):
        fits |= Q(flag=value == "true")
    return fits


def _between(low: Decimal | None, high: Decimal | None) -> Q:
    fits = Q(number__isnull=False)
    if low is not None:
        fits &= Q(number__gte=low)
    if high is not None:
        fits &= Q(number__lte=high)
    return fits


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())


def _values(parameters: QueryDict, name: str) -> list[str]:
    values = [_clean(value)[:100] for value in parameters.getlist(name)[:MOST_VALUES]]
    return [value for value in dict.fromkeys(values) if value]


def _specs(pairs: list[str]) -> dict[str, list[str]]:
    specs: dict[str, list[str]] = {}
    for pair in pairs:
        key, separator, value = pair.partition(":")
        if key and separator and value:
            specs.setdefault(key, []).append(value)
    return specs


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None


def _price(text: str) -> Decimal | None:
    number = _number(text.strip())
    if number is None or number < 0:
        return None
    return min(number, HIGHEST_PRICE)


def _page(text: str) -> int:
    # isdecimal also knows other scripts' digits, which int() reads as well.
    if not text.isdecimal() or len(text) > 9:
        return MOST_PAGES if text.isdecimal() else 1
    return max(1, min(int(text), MOST_PAGES))
