"""What a product's page shows of its reviews: summary, filters, one page of them."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef
from django.http import QueryDict

from catalog.links import Option
from catalog.models import Product
from reviews.filters import SORTS, Bar, Wish, bars_of, filters_of, read, sorts_of
from reviews.models import FollowUp, RatingSummary, Review, ReviewPhoto
from reviews.models.querysets import ReviewQuerySet
from reviews.ratings import NUMBERS

PER_PAGE = 10
#: What a review shows; of its author and its item nothing else is read.
SHOWN = (
    *("public_id", "product", "state", "rating", "body", "language", "is_anonymous"),
    *("written_at", "edited_at", "helpful_count"),
    *(f"item__{name}" for name in ("options_zh", "options_en", "received_at")),
    *(f"user__{name}" for name in ("nickname", "closed_at")),
    *(f"follow_up__{name}" for name in ("state", "body", "written_at")),
    *(f"reply__{name}" for name in ("body", "written_at", "edited_at", "held_words")),
)


@dataclass(frozen=True)
class ProductReviews:
    product: Product
    summary: RatingSummary
    wish: Wish
    reviews: list[Review]
    page: int
    pages: int
    bars: list[Bar]
    filters: list[Option]
    sorts: list[Option]

    @property
    def previous_page(self) -> int:
        return self.page - 1

    @property
    def next_page(self) -> int:
        return self.page + 1

    @property
    def public_ids(self) -> str:
        return " ".join(each.public_id or "" for each in self.reviews)


@dataclass(frozen=True)
class _Found:
    summary: RatingSummary
    reviews: list[Review]
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
        bars=bars_of(found.summary, wish, parameters),
        filters=filters_of(found.summary, wish, parameters),
        sorts=sorts_of(wish, parameters),
    )


def _usual_page(product: Product, wish: Wish) -> _Found | None:
    """Return the first page without filters; the summary stands beside each review."""
    if not product.rating_count or wish.filters or wish.page > 1:
        return None
    rows = list(_with_summary(_rows(product, wish))[:PER_PAGE])
    numbers = {n: getattr(rows[0], f"beside_{n}") or 0 for n in NUMBERS if rows}
    summary = RatingSummary(product=product, **numbers)
    return _Found(summary, rows, page=1, pages=_pages(summary.count))


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
    return _Found(summary, found, page=page, pages=pages)


def _pages(count: int) -> int:
    return max(1, -(-count // PER_PAGE))


def _rows(product: Product, wish: Wish) -> ReviewQuerySet:
    """Return the reviews that are asked for, in their order."""
    rows = Review.objects.about(product)
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
    shown = rows.with_what_is_shown().only(*SHOWN)
    return shown.order_by(*SORTS[wish.sort][1])


def _with_summary(rows: ReviewQuerySet) -> ReviewQuerySet:
    beside = {f"beside_{n}": F(f"product__rating_summary__{n}") for n in NUMBERS}
    return rows.annotate(**beside)


def _count(summary: RatingSummary, wish: Wish, rows: ReviewQuerySet) -> int:
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
