"""What a list of products shows, on a category's page and on the search's."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog import listing, recommend
from catalog.cards import Card, cards_of
from catalog.filters import Filters, filters_for
from catalog.listing import Listing, Question
from catalog.numbers import Numbers, count
from catalog.versions import remembered
from shop import clock

T = TypeVar("T")


@dataclass(frozen=True)
class ListPage:
    listing: Listing
    filters: Filters
    #: The filters as they are drawn.
    filter_panel: SafeString
    products: list[Card]
    guess_you_like: list[Card]

    @property
    def context(self) -> dict[str, Any]:
        """What its templates call all this."""
        return {
            "category": self.listing.question.category,
            "listing": self.listing,
            "wish": self.listing.wish,
            "filters": self.filters,
            "filter_panel": self.filter_panel,
            "products": self.products,
            "guess_you_like": self.guess_you_like,
        }


def load(request: HttpRequest, question: Question) -> ListPage:
    """Load the list that answers a question, and what else one may like.

    What all pages of a whole category have in common is found once a version.
    """
    name = listing.name_of(question, request.GET)

    def once(part: str, find: Callable[[], T]) -> T:
        return remembered(request, name and (part, *name), find)

    hits = question.hits()
    if name:
        keys = once("order", lambda: hits.ids)
        hits = replace(hits, order=lambda first, last: keys[first:last])
    found = listing.find(question, hits)
    numbers = count(question)
    filters, panel = once(
        f"filters {get_language()}", lambda: _filters(request, found, numbers)
    )
    guess = _guess_you_like(request, question, numbers, found)
    cards = cards_of([*found.product_ids, *guess])
    of_page = set(found.product_ids)
    return ListPage(
        listing=found,
        filters=filters,
        filter_panel=panel,
        products=[card for card in cards if card.pk in of_page],
        guess_you_like=[card for card in cards if card.pk not in of_page],
    )


def _guess_you_like(
    request: HttpRequest, question: Question, numbers: Numbers, found: Listing
) -> list[int]:
    return recommend.guess_you_like(
        numbers.hits_by_category,
        found.product_ids,
        visible=[category.pk for category in question.visible],
        now=clock.now(),
        buyer_id=request.user.pk,
    )


def _filters(
    request: HttpRequest, found: Listing, numbers: Numbers
) -> tuple[Filters, SafeString]:
    filters = filters_for(request, found, numbers)
    panel = render_to_string(
        "catalog/_filters.html",
        {"filters": filters, "wish": found.wish, "path": request.path},
    )
    return filters, panel
