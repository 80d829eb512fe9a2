"""Who found which review helpful."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.reviews import Review


class HelpfulVote(models.Model):
    """One account's vote for one review."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="helpful_votes"
    )
    voted_at = models.DateTimeField(_("voted at"))

    class Meta:
        verbose_name = _("helpful vote")
        verbose_name_plural = _("helpful votes")
        constraints = [
            models.UniqueConstraint(
                fields=("review", "user"), name="reviews_vote_one_an_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → #{self.review_id}"
