"""What a product's page shows of its reviews: summary, filters, one page of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from catalog.links import Option
from catalog.models import Product
from reviews.filters import SORTS, Bar, Wish, bars_of, filters_of, read, sorts_of
from reviews.models import FollowUp, RatingSummary, Review, ReviewPhoto
from reviews.ratings import NUMBERS
from reviews.shown import COLUMNS, ShownReview

PER_PAGE = 10
#: The columns of the summary, which stands beside each review.
BESIDE = [f"product__rating_summary__{name}" for name in NUMBERS]
#: Asks nothing by itself: what is the same in each page's question, built once.
_ROWS = Review.objects.with_listed_photos().values_list(*COLUMNS, *BESIDE)
Rows = QuerySet[Review, tuple[Any, ...]]


@dataclass(frozen=True)
class ProductReviews:
    product: Product
    summary: RatingSummary
    wish: Wish
    reviews: list[ShownReview]
    page: int
    pages: int
    bars: tuple[Bar, ...]
    filters: tuple[Option, ...]
    sorts: tuple[Option, ...]

    @property
    def previous_page(self) -> int:
        return self.page - 1

    @property
    def next_page(self) -> int:
        return self.page + 1

    @property
    def public_ids(self) -> str:
        return " ".join(each.public_id for each in self.reviews)


@dataclass(frozen=True)
class _Found:
    summary: RatingSummary
    reviews: list[ShownReview]
    page: int
    pages: int


def load(product: Product, parameters: QueryDict) -> ProductReviews:
    """Load one page of a product's reviews; the usual first one with one query."""
    wish = read(parameters)
    found = _usual_page(product, wish) or _page_asked_for(product, wish)
    return ProductReviews(
        product=product,
        summary=found.summary,
        wish=wish,
        reviews=found.reviews,
        page=found.page,
        pages=found.pages,
        bars=tuple(bars_of(found.summary, wish, parameters)),
        filters=tuple(filters_of(found.summary, wish, parameters)),
        sorts=tuple(sorts_of(wish, parameters)),
    )


def _usual_page(product: Product, wish: Wish) -> _Found | None:
    """Return the first page without filters; the summary stands beside each review."""
    if not product.rating_count or wish.filters or wish.page > 1:
        return None
    rows = list(_rows(product, wish)[:PER_PAGE])
    beside = rows[0][len(COLUMNS) :] if rows else (0,) * len(NUMBERS)
    numbers = {name: n or 0 for name, n in zip(NUMBERS, beside, strict=True)}
    summary = RatingSummary(product=product, **numbers)
    return _Found(summary, _reviews(rows), page=1, pages=_pages(summary.count))


def _page_asked_for(product: Product, wish: Wish) -> _Found:
    """Return any other page; past the end it is the last."""
    nothing = RatingSummary(product=product)
    if not (product.rating_count or product.silent_count):
        return _Found(nothing, [], page=1, pages=1)
    summary = RatingSummary.objects.filter(pk=product.pk).first() or nothing
    rows = _rows(product, wish)
    count = _count(summary, wish, rows)
    pages = _pages(count)
    page = min(max(wish.page, 1), pages)
    start = (page - 1) * PER_PAGE
    found = list(rows[start : start + PER_PAGE]) if count else []
    return _Found(summary, _reviews(found), page=page, pages=pages)


def _reviews(rows: Iterable[tuple[Any, ...]]) -> list[ShownReview]:
    return [ShownReview(*row[: len(COLUMNS)]) for row in rows]


def _pages(count: int) -> int:
    return max(1, -(-count // PER_PAGE))


def _rows(product: Product, wish: Wish) -> Rows:
    """Return the columns of the reviews that are asked for, in their order."""
    rows = _ROWS.filter(product=product.pk)
    states = [Review.State.PRAISED if wish.is_silent else Review.State.WRITTEN]
    if wish.has_follow_up:
        rows = rows.filter(follow_up__state=FollowUp.State.SHOWN)
        # Who wrote nothing at first may have added something; it has no stars.
        states += [] if wish.stars else [Review.State.PRAISED]
    rows = rows.filter(state__in=states)
    if wish.stars:
        rows = rows.filter(rating=wish.stars)
    if wish.language:
        rows = rows.filter(language=wish.language)
    if wish.has_photos:
        rows = rows.filter(Exists(ReviewPhoto.objects.filter(review=OuterRef("pk"))))
    return rows.order_by(*SORTS[wish.sort][1])


def _count(summary: RatingSummary, wish: Wish, rows: Rows) -> int:
    """Return how many there are; asks only when filters are combined."""
    if wish.filters > 1:
        return rows.count()
    if wish.stars:
        return int(getattr(summary, f"stars_{wish.stars}"))
    if wish.language:
        return summary.in_chinese if wish.language == "zh" else summary.in_english
    if wish.has_photos:
        return summary.with_photos
    if wish.has_follow_up:
        return summary.with_follow_up
    return summary.silent if wish.is_silent else summary.count
