"""What every page knows of the catalogue: departments, hearts, picks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.favourites import favourite_ids
from catalog.picks import picks_of
from catalog.versions import departments_of


def categories(request: HttpRequest) -> dict[str, Any]:
    """Give templates the visible categories; asked once a page, and only if shown."""
    return {"categories": SimpleLazyObject(lambda: departments_of(request))}


def shopper(request: HttpRequest) -> dict[str, Any]:
    """Give templates the favourites (one question, none for visitors) and picks."""
    return {
        "favourite_ids": SimpleLazyObject(lambda: favourite_ids(request)),
        "picks": picks_of(request),
    }
