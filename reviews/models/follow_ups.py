"""What buyers add later."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.models.reviews import Review


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def shown(self) -> Self:
        return self.filter(state=FollowUp.State.SHOWN)

    def held(self) -> Self:
        return self.filter(state=FollowUp.State.HELD)


class FollowUp(models.Model):
    """The one follow-up of a review, or of default praise: text without stars (G8).

    Its key is the review's, so the database refuses a second one.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        HELD = "held", _("held")
        HIDDEN = "hidden", _("hidden")

    review = models.OneToOneField(
        Review,
        models.CASCADE,
        primary_key=True,
        related_name="follow_up",
        verbose_name=_("review"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.SHOWN
    )
    body = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written at"))
    #: What the word list found.
    held_words = models.CharField(_("words found"), max_length=200, blank=True)
    #: The author reads it.
    hidden_reason = models.CharField(_("hidden because"), max_length=200, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [models.Index(fields=["state"], name="reviews_follow_up_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(body=""), name="reviews_follow_up_has_text"
            ),
            models.CheckConstraint(
                condition=Q(state="shown", hidden_reason="")
                | Q(state="held", hidden_reason="")
                | (Q(state="hidden") & ~Q(hidden_reason="")),
                name="reviews_follow_up_hidden_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_shown(self) -> bool:
        return self.state == self.State.SHOWN

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_hidden(self) -> bool:
        return self.state == self.State.HIDDEN
