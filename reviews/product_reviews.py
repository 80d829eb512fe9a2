"""What a product's page shows of its reviews: summary, filters, one page of them."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.links import Links, Option
from catalog.models import Product
from reviews.models import STARS, FollowUp, RatingSummary, Review, ReviewPhoto
from reviews.models.reviews import ReviewQuerySet
from reviews.ratings import NUMBERS

PER_PAGE = 10
LANGUAGES = {"zh": _("in Chinese"), "en": _("in English")}
#: The ways to sort, the usual one first; each ends in the key.
SORTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "newest": (pgettext_lazy("reviews", "Newest"), ("-written_at", "-pk")),
    "helpful": (_("Most helpful"), ("-helpful_count", "-pk")),
    "best": (_("Best first"), ("-rating", "-written_at", "-pk")),
    "worst": (_("Worst first"), ("rating", "-written_at", "-pk")),
}


@dataclass(frozen=True)
class Wish:
    """Which reviews are asked for. What is odd in an address is not there."""

    stars: int = 0
    language: str = ""
    has_photos: bool = False
    has_follow_up: bool = False
    is_silent: bool = False
    sort: str = "newest"
    page: int = 1

    @property
    def filters(self) -> int:
        """How many filters are set."""
        chosen = (self.stars, self.language, self.has_photos, self.has_follow_up)
        return sum(map(bool, (*chosen, self.is_silent)))


@dataclass(frozen=True)
class Bar:
    """One line of the histogram; `href` shows these reviews alone."""

    stars: int
    number: int
    href: str
    is_chosen: bool


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


def read(parameters: QueryDict) -> Wish:
    """Read what an address asks for."""
    stars, page = parameters.get("stars", ""), parameters.get("page", "")
    language, sort = parameters.get("language", ""), parameters.get("sort", "")
    return Wish(
        stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
        language=language if language in LANGUAGES else "",
        has_photos=parameters.get("photos") == "1",
        has_follow_up=parameters.get("follow_up") == "1",
        is_silent=parameters.get("silent") == "1",
        sort=sort if sort in SORTS else "newest",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def load(product: Product, parameters: QueryDict) -> ProductReviews:
    """Load one page of a product's reviews; the usual first one with one query."""
    wish = read(parameters)
    found = _usual_page(product, wish) or _page_asked_for(product, wish)
    links = Links(parameters)
    return ProductReviews(
        product=product,
        summary=found.summary,
        wish=wish,
        reviews=found.reviews,
        page=found.page,
        pages=found.pages,
        bars=_bars(found.summary, wish, links),
        filters=_filters(found.summary, wish, links),
        sorts=_sorts(wish, links),
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
    return rows.with_what_is_shown().order_by(*SORTS[wish.sort][1])


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


def _bars(summary: RatingSummary, wish: Wish, links: Links) -> list[Bar]:
    return [
        Bar(
            stars=n,
            number=getattr(summary, f"stars_{n}"),
            href=_switch(links, "stars", str(n), is_set=wish.stars == n),
            is_chosen=wish.stars == n,
        )
        for n in STARS
    ]


def _filters(summary: RatingSummary, wish: Wish, links: Links) -> list[Option]:
    """Return the filters that would find something, and those that are set."""
    all_of_them = links.without("stars", "photos", "follow_up", "silent", "language")
    offers = [
        ("photos", "1", _("With photos"), summary.with_photos, wish.has_photos),
        (
            "follow_up",
            "1",
            _("Added later"),
            summary.with_follow_up,
            wish.has_follow_up,
        ),
        ("language", "zh", LANGUAGES["zh"], summary.in_chinese, wish.language == "zh"),
        ("language", "en", LANGUAGES["en"], summary.in_english, wish.language == "en"),
        ("silent", "1", _("Default praise"), summary.silent, wish.is_silent),
    ]
    first = Option(_("All"), all_of_them, not wish.filters, str(summary.count))
    return [first] + [
        Option(label, _switch(links, name, value, is_set=is_set), is_set, str(number))
        for name, value, label, number, is_set in offers
        if number or is_set
    ]


def _sorts(wish: Wish, links: Links) -> list[Option]:
    return [
        Option(label, links.choose("sort", name), name == wish.sort)
        for name, (label, _order) in SORTS.items()
    ]


def _switch(links: Links, name: str, value: str, *, is_set: bool) -> str:
    return links.without(name) if is_set else links.choose(name, value)
