"""What a review can be (docs/decisions/0018)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: So many stars, or less, are a bad review.
BAD = 2
#: What default praise gives.
PRAISE = 5


class ReviewState(models.TextChoices):
    PENDING = "pending", _("To review")
    WRITTEN = "written", _("Reviewed")
    HELD = "held", _("Being checked")
    HIDDEN = "hidden", _("Hidden")
    PRAISED = "default_praise", _("Default praise")
    WITHDRAWN = "withdrawn", _("Money returned")


#: Somebody wrote it, whether or not others may read it.
BY_BUYERS = (ReviewState.WRITTEN, ReviewState.HELD, ReviewState.HIDDEN)
