"""What staff should read today."""

from django.utils.translation import gettext_lazy as _

from reviews.admin import bad_lately
from shop import desk

desk.register(
    desk.Queue(
        title=_("Bad reviews of the last 30 days"),
        permission="reviews.view_review",
        count=lambda: bad_lately().count(),
        url_name="admin:reviews_review_changelist",
        query="read=bad",
    )
)
