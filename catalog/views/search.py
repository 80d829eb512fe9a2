"""The search's pages, and what completes the words in its field."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import list_page, listing, searches, wishes
from catalog.cards import address_of as address_of_product
from catalog.search import LONGEST_QUERY, hints, log, suggest
from catalog.search import snapshot as snapshot_of
from catalog.versions import (
    departments_of,
    good_until,
    settle_due,
    version_of,
    version_to_keep,
)
from catalog.views.pages import bought_lately
from shop import clock, rates
from shop.answers import answer
from shop.decorators import require_POST
from shop.kept_pages import keep, kept_page
from shop.network import address_of

MOST_SUGGESTIONS = 10
SUGGESTED = 60  # seconds


def _is_own(request: HttpRequest) -> bool:
    # Without words the page shows one's own last searches.
    return not wishes.read(request.GET).query or bought_lately(request)


def _searched(
    request: HttpRequest, response: HttpResponse, note: tuple[str, int]
) -> None:
    query, results = note
    log.count(query, results)
    searches.remember(request, response, query)


def _count_search(request: HttpRequest) -> None:
    """Count what must be searched for; what is kept costs next to nothing."""
    rates.count("searches_per_minute", address_of(request))


@require_safe
@kept_page(
    version_of, afterwards=_searched, is_own=_is_own, before_making=_count_search
)
def search(request: HttpRequest) -> HttpResponse:
    """Products found by words and filters, over all categories."""
    wish = wishes.read(request.GET)
    visible = departments_of(request)
    settle_due(request)
    question = listing.Question(
        wish, now=clock.now(), visible=visible, as_of=version_to_keep(request)
    )
    page = list_page.load(request, question)
    found, beside = page.listing, _beside(request, page.listing)
    response = render(request, "catalog/search.html", page.context | beside)
    # What a filter leaves says nothing of the words.
    is_counted = wish.query and wish.page == 1 and not found.question.narrowed_by
    results = 0 if found.plan.dropped else found.total
    note = (wish.query, results) if is_counted else None
    return keep(response, until=good_until(request), note=note)


@require_safe
def search_suggest(request: HttpRequest) -> HttpResponse:
    """What may be meant by what is typed so far; of nothing: own and hot searches."""
    query = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", " ").strip()
    found = _suggestions(request, query)
    at = reverse("catalog:search")
    to = _address(query, at) if query else at
    return answer(request, to=to, data={"suggestions": found})


@require_POST
def search_forget(request: HttpRequest) -> HttpResponse:
    """Forget one's own searches."""
    response = answer(
        request, to="catalog:search", message=_("Your searches are forgotten.")
    )
    searches.forget(response)
    return response


def _beside(request: HttpRequest, found: listing.Listing) -> dict[str, Any]:
    """Return what helps who typed nothing yet, or found nothing."""
    if not found.wish.query:
        own = searches.own_searches(request)
        return {"own_searches": own, "hot_words": log.hot_words()}
    if found.total:
        return {}
    question = found.question
    hint = hints.hint_for(question.snapshot, question.on_shelf, found.plan)
    return {"hint": hint, "hot_words": log.hot_words()}


def _suggestions(request: HttpRequest, query: str) -> list[dict[str, str]]:
    if not query:
        texts = [*searches.own_searches(request)[:5], *log.hot_words()]
        distinct = list(dict.fromkeys(texts))[:MOST_SUGGESTIONS]
        at = reverse("catalog:search")
        return [{"text": text, "url": _address(text, at)} for text in distinct]
    if not settings.KEEP_PAGES:
        return _completed(request, query)
    # Many begin to type the same; it holds as long as kept pages do, but no minute.
    said = f"{version_of(request)} {get_language()} {query}"
    key = f"suggest-{sha256(said.encode(errors='replace')).hexdigest()}"
    found: list[dict[str, str]] | None = cache.get(key)
    if found is None:
        found = _completed(request, query)
        cache.set(key, found, SUGGESTED)
    return found


def _completed(request: HttpRequest, query: str) -> list[dict[str, str]]:
    rates.count("suggestions_per_minute", address_of(request))
    snapshot = snapshot_of(version_to_keep(request))
    visible = [each.pk for each in departments_of(request)]
    on_shelf = snapshot.states.public(visible, clock.now())
    language = "en" if get_language() == "en" else "zh"
    offered = suggest(snapshot, on_shelf, query, language, MOST_SUGGESTIONS)
    at = reverse("catalog:search")
    return [
        {
            "text": each.text,
            "url": address_of_product(each.product_id)
            if each.product_id
            else _address(each.text, at),
        }
        for each in offered
    ]


def _address(text: str, at: str) -> str:
    return f"{at}?{urlencode({'q': text})}"
