"""What reviews hold about a person (row A11).

Written reviews stay on the products' pages; their author is called "closed account".
"""

from typing import Any

from accounts.models import User
from catalog.templatetags.catalog import words_of
from reviews.models import Review
from shop.personal import Section, register, written


def reviews_of(user: User) -> list[dict[str, Any]]:
    reviews = Review.objects.of(user).written().newest_first()
    return [
        {
            "order": review.item.order.number,
            "code": review.item.code,
            "name": words_of(review.item, "name"),
            "rating": review.rating,
            "body": review.body,
            "is_anonymous": review.is_anonymous,
            "written_at": written(review.written_at),
            "photos": [photo.large for photo in review.shown_photos],
        }
        for review in reviews.with_what_is_shown().select_related("item__order")
    ]


register(Section("reviews", reviews_of))
