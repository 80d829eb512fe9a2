"""What staff should read today."""

from django.utils.translation import gettext_lazy as _

from reviews import queues
from shop import desk

desk.register(
    desk.Queue(
        title=_("Reviews held by the word list"),
        permission="reviews.moderate_review",
        count=lambda: queues.held().count(),
        url_name="admin:reviews_review_changelist",
        query="read=held",
    )
)
desk.register(
    desk.Queue(
        title=_("Bad reviews of the last 30 days without a reply"),
        permission="reviews.view_review",
        count=lambda: queues.bad_without_reply().count(),
        url_name="admin:reviews_review_changelist",
        query="read=unanswered",
    )
)
