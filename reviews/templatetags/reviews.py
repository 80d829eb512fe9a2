"""What buyers think of a product: `{% load reviews %}`."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from catalog.models import Product
from reviews.models import STARS, RatingSummary, Review

register = template.Library()

#: How many reviews a product's page shows.
NEWEST = 20


@dataclass(frozen=True)
class Bar:
    """One line of the histogram."""

    stars: int
    number: int


@register.inclusion_tag("reviews/_reviews.html")
def product_reviews(product: Product) -> dict[str, Any]:
    """Show a product's average, its histogram and the newest written reviews."""
    summary = RatingSummary.objects.filter(product=product).first()
    bars = [Bar(n, getattr(summary, f"stars_{n}")) for n in STARS if summary]
    return {
        "product": product,
        "count": summary.count if summary else 0,
        "bars": bars,
        "reviews": _newest(product),
    }


def _newest(product: Product) -> list[Review]:
    """Return the newest reviews; one query at the most."""
    if not product.rating_count:
        return []
    written = Review.objects.about(product).written()
    return list(written.with_what_is_shown().newest_first()[:NEWEST])


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
