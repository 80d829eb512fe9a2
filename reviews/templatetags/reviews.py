"""What buyers think of a product: `{% load reviews %}`."""

from typing import Any

from django import template
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from catalog.models import Product
from reviews import product_reviews as listing
from reviews.models import HelpfulVote, Review
from reviews.photos import StoredPhoto

register = template.Library()
#: Of a request: which reviews of its page are the visitor's, or have their vote.
STANDS = "review_stands"


@register.inclusion_tag("reviews/_reviews.html", takes_context=True)
def product_reviews(context: Context, product: Product) -> dict[str, Any]:
    """Show a product's average, its histogram and a page of its reviews."""
    request: HttpRequest = context["request"]
    found = listing.load(product, request.GET)
    return {"product": product, "found": found, "request": request}


@register.simple_tag(takes_context=True)
def stand_of(context: Context, public_id: str, public_ids: str) -> str:
    """Return what a visitor is to a review: "own", "helpful" or "".

    `public_ids` are all of the page: they are asked for at once.
    """
    request: HttpRequest = context["request"]
    if not request.user.is_authenticated:
        return ""
    known: dict[str, str] | None = getattr(request, STANDS, None)
    if known is None:
        known = _stands(request.user.pk, public_ids.split())
        setattr(request, STANDS, known)
    return known.get(public_id, "")


def _stands(user_id: int, public_ids: list[str]) -> dict[str, str]:
    votes = HelpfulVote.objects.filter(review=OuterRef("pk"), user=user_id)
    mine = Review.objects.filter(public_id__in=public_ids).filter(
        Q(user=user_id) | Q(Exists(votes))
    )
    rows = mine.values_list("public_id", "user_id")
    return {key or "": "own" if by == user_id else "helpful" for key, by in rows}


@register.filter
def stored_photo(stem: str) -> StoredPhoto:
    """Return the photo of a stem."""
    return StoredPhoto(stem)


@register.simple_tag
def stars(rating: int) -> SafeString:
    """Draw so many of five stars; for those who listen, their number."""
    words = ngettext("%(number)d star", "%(number)d stars", rating)
    return format_html(
        '<span class="stars" role="img" aria-label="{}">{}<span class="stars-rest">'
        "{}</span></span>",
        words % {"number": rating},
        "★" * rating,
        "★" * (5 - rating),
    )
