"""What the shop says to a review."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reviews.models.reviews import Review


class Reply(models.Model):
    """The shop's one reply to a review; staff may change it, and it says so (G8).

    None is written with a word of the list. One that has a later word is not shown
    until staff have changed it (G9).
    """

    review = models.OneToOneField(
        Review,
        models.CASCADE,
        primary_key=True,
        related_name="reply",
        verbose_name=_("review"),
    )
    body = models.TextField(_("text"))
    #: The member of staff who wrote it last.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    written_at = models.DateTimeField(_("written at"))
    edited_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    #: What the word list found; empty: everybody reads the reply.
    held_words = models.CharField(_("words found"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(body=""), name="reviews_reply_has_text"
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True) | Q(edited_at__gte=F("written_at")),
                name="reviews_reply_changed_after_it_was_written",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_shown(self) -> bool:
        return not self.held_words
