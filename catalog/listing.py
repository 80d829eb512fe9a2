"""Lists of products: a wish as it is asked, and the page that answers it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from pyroaring import BitMap

from catalog import search
from catalog.facets import Chosen, chosen_brand, chosen_spec
from catalog.models import Category, Product
from catalog.wishes import MOST_PAGES, SORTS, Wish

PER_PAGE = 24


class Question:
    """A wish as it is asked: for all that fits, or for what would fit without one of
    its filters, which is what the numbers beside that filter's values mean.

    On a category's page it is asked of that `category`, else of the `visible` ones.
    `as_of` is the version of the catalogue, as `search.snapshot` takes it.
    """

    def __init__(
        self,
        wish: Wish,
        *,
        now: datetime,
        visible: Iterable[Category],
        category: Category | None = None,
        as_of: str = "",
    ) -> None:
        self.wish = wish
        self.category = category
        self._now = now
        self.visible = list(visible)
        self.snapshot = search.snapshot(as_of)
        states = self.snapshot.states
        #: All that the shop shows, in any category.
        self.on_shelf = states.public([each.pk for each in self.visible], now)
        # By the whole shelf: what a filter hides is no reason to leave out words.
        self.plan = search.plan_for(self.snapshot, wish.query, self.on_shelf)
        self._categories = [category] if category else self.visible
        self._shelf = states.public([each.pk for each in self._categories], now)
        #: What fits the words, whatever the filters.
        self._fitting = search.found(self.snapshot, self.plan, self._shelf)
        #: Filters by what products have, by name: "brand" and specifications.
        self.chosen: dict[str, Chosen] = dict(self._choices())
        self._filters = dict(self._narrowings())
        self._left: dict[str, BitMap] = {}

    @property
    def narrowed_by(self) -> list[str]:
        """The names of all filters that are set and can be taken away."""
        return list(self._filters)

    @property
    def is_open(self) -> bool:
        """Whether nothing narrows it: a whole category, or the whole shop."""
        return not self.wish.query and not self.narrowed_by

    def products(self, *, without: str = "") -> BitMap:
        """Return what fits, or what would without one of the filters."""
        key = without if without in self._filters else ""
        if key not in self._left:
            others = (ids for name, ids in self._filters.items() if name != key)
            self._left[key] = self._fitting.intersection(*others)
        return self._left[key]

    def hits(self) -> search.Hits:
        """Find what fits, in order."""
        products, columns = self.products(), SORTS[self.wish.sort][1]
        if "rank" in columns and self.plan.terms:
            return search.by_rank(self.snapshot, self.plan, products)
        rows = Product.objects.all()
        if self.category:
            rows = rows.on_shelf_of([self.category.pk], self._now)
        order = ["is_sold_out", *(column for column in columns if column != "rank")]
        return search.by_columns(rows, order, products, among=len(self._shelf))

    def _choices(self) -> Iterator[tuple[str, Chosen]]:
        facets = self.snapshot.facets
        if self.wish.brands:
            yield "brand", chosen_brand(facets, self.wish.brands)
        for key, values in self.wish.specs.items():
            yield key, chosen_spec(facets, key, values)

    def _narrowings(self) -> Iterator[tuple[str, BitMap]]:
        """Yield each filter that is set with what it leaves."""
        wish, states = self.wish, self.snapshot.states
        for key, chosen in self.chosen.items():
            yield key, chosen.products
        if wish.categories and not self.category:
            wanted = [each.pk for each in self.visible if each.slug in wish.categories]
            yield "category", states.public(wanted, self._now)
        if wish.min_price is not None or wish.max_price is not None:
            prices = wish.min_price, wish.max_price
            yield "price", states.priced(self._fitting, *prices)
        if wish.in_stock:
            yield "in_stock", self._fitting - states.sold_out


@dataclass(frozen=True)
class Listing:
    """One page of products, and what stands around it."""

    question: Question
    hits: search.Hits
    page: int
    pages: int
    #: The products of this page, in order.
    product_ids: list[int]

    @property
    def wish(self) -> Wish:
        return self.question.wish

    @property
    def plan(self) -> search.Plan:
        """How the words were understood, and which were left out."""
        return self.question.plan

    @property
    def total(self) -> int:
        return self.hits.total

    @property
    def is_exact(self) -> bool:
        return self.hits.is_exact

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


def name_of(question: Question, parameters: QueryDict) -> tuple[int, str] | None:
    """Return the name of a list that many see and nothing narrows: of what, by what.

    None when there is more in its address, which its links carry on.
    """
    category, sorts = question.category, parameters.getlist("sort")
    is_plain = question.is_open and not set(parameters) - {"sort", "page"}
    if not is_plain or sorts not in ([], [question.wish.sort]):
        return None
    return category.pk if category else 0, "".join(sorts)


def find(question: Question, hits: search.Hits) -> Listing:
    """Return the page of the hits that a question asks for.

    Past the end it is the last page, so that an old link still shows something.
    """
    pages = min(max(1, -(-hits.total // PER_PAGE)), MOST_PAGES)
    page = min(question.wish.page, pages)
    first = (page - 1) * PER_PAGE
    of_page = hits.order(first, min(first + PER_PAGE, hits.total))
    return Listing(question, hits, page, pages, of_page)
