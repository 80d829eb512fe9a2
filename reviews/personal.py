"""What reviews hold about a person (row A11).

Written reviews stay on the products' pages; their author is called "closed account".
"""

from typing import Any

from accounts.models import User
from catalog.templatetags.catalog import words_of
from reviews.models import HelpfulVote, Review
from shop.personal import Section, register, written


def reviews_of(user: User) -> list[dict[str, Any]]:
    reviews = Review.objects.of(user).closed().newest_first()
    rows = reviews.with_what_is_shown().select_related("item__order")
    return [_told(review) for review in rows]


def _told(review: Review) -> dict[str, Any]:
    later = getattr(review, "follow_up", None)
    reply = getattr(review, "reply", None)
    return {
        "order": review.item.order.number,
        "code": review.item.code,
        "name": words_of(review.item, "name"),
        "state": review.state,
        "source": review.source,
        "rating": review.rating,
        "body": review.body,
        "is_anonymous": review.is_anonymous,
        "written_at": written(review.written_at),
        "edited_at": written(review.edited_at),
        "hidden_reason": review.hidden_reason,
        "photos": [photo.large for photo in review.shown_photos],
        "follow_up": later.body if later else "",
        "follow_up_written_at": written(later.written_at) if later else None,
        "follow_up_hidden_reason": later.hidden_reason if later else "",
        "reply": reply.body if reply and reply.is_shown else "",
    }


def votes_of(user: User) -> list[dict[str, Any]]:
    votes = HelpfulVote.objects.filter(user=user).order_by("-voted_at", "-pk")
    rows = votes.values_list("review__product__code", "voted_at")
    return [{"code": code, "voted_at": written(at)} for code, at in rows]


register(Section("reviews", reviews_of))
register(Section("helpful_votes", votes_of))
