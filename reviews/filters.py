"""Which of a product's reviews are asked for, and the links to ask for others."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.links import Links, Option
from reviews.models import STARS, RatingSummary

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


def bars_of(summary: RatingSummary, wish: Wish, parameters: QueryDict) -> list[Bar]:
    """Return the histogram, the most stars first."""
    links = _links(parameters, but=["silent"])
    return [
        Bar(
            stars=n,
            number=getattr(summary, f"stars_{n}"),
            href=_switch(links, "stars", str(n), is_set=wish.stars == n),
            is_chosen=wish.stars == n,
        )
        for n in STARS
    ]


def filters_of(
    summary: RatingSummary, wish: Wish, parameters: QueryDict
) -> list[Option]:
    """Return the filters that would find something, and those that are set."""
    links = _links(parameters, but=["silent"])
    # Who wrote nothing gave no stars, no photos and no language.
    silent = _links(parameters, but=["stars", "photos", "language"])
    all_of_them = links.without("stars", "photos", "follow_up", "language")
    later = summary.with_follow_up
    offers = [
        ("photos", "1", _("With photos"), summary.with_photos, wish.has_photos),
        ("follow_up", "1", _("Added later"), later, wish.has_follow_up),
        ("language", "zh", LANGUAGES["zh"], summary.in_chinese, wish.language == "zh"),
        ("language", "en", LANGUAGES["en"], summary.in_english, wish.language == "en"),
    ]
    first = Option(_("All"), all_of_them, not wish.filters, str(summary.count))
    praised = Option(
        _("Default praise"),
        _switch(silent, "silent", "1", is_set=wish.is_silent),
        wish.is_silent,
        str(summary.silent),
    )
    written = [
        Option(label, _switch(links, name, value, is_set=is_set), is_set, str(number))
        for name, value, label, number, is_set in offers
        if number or is_set
    ]
    last = [praised] if summary.silent or wish.is_silent else []
    return [first, *written, *last]


def sorts_of(wish: Wish, parameters: QueryDict) -> list[Option]:
    """Return the ways to sort."""
    links = Links(parameters)
    return [
        Option(label, links.choose("sort", name), name == wish.sort)
        for name, (label, _order) in SORTS.items()
    ]


def _switch(links: Links, name: str, value: str, *, is_set: bool) -> str:
    return links.without(name) if is_set else links.choose(name, value)


def _links(parameters: QueryDict, *, but: Collection[str]) -> Links:
    """Return links that give up some filters."""
    kept = parameters.copy()
    for name in but:
        kept.pop(name, None)
    return Links(kept)
