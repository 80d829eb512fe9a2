"""Words that hold a review back until somebody has read it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SensitiveWordQuerySet(models.QuerySet["SensitiveWord"]):
    def furthest_behind(self, moment: datetime) -> Self:
        """Those that are to be searched for next, all from the same place on."""
        waiting = self.filter(waits_since__lte=moment)
        place = waiting.order_by("searched_to", "pk").values("searched_to")[:1]
        return waiting.filter(searched_to=models.Subquery(place)).order_by("pk")


class SensitiveWord(models.Model):
    """A word of the list that staff edit (row G9).

    What is written later is judged by the list; what is shown already is searched for a
    new word by the clock, in the order of the reviews' keys.
    """

    word = models.CharField(_("word"), max_length=40)
    #: As it is looked for: `reviews.wording.key_of`. Two that are looked for alike
    #: are one.
    key = models.CharField(max_length=80, unique=True, editable=False)
    added_at = models.DateTimeField(_("added at"), editable=False)
    #: Since when shown reviews are to be searched for it; empty: they have been.
    waits_since = models.DateTimeField(
        null=True, blank=True, db_index=True, editable=False
    )
    #: The key of the last review that was searched for it.
    searched_to = models.PositiveBigIntegerField(default=0, editable=False)

    objects = SensitiveWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("sensitive word")
        verbose_name_plural = _("sensitive words")
        constraints = [
            models.CheckConstraint(
                condition=~Q(key=""), name="reviews_word_can_be_found"
            ),
        ]

    def __str__(self) -> str:
        return self.word

    def search_anew(self, now: datetime) -> None:
        """Let shown reviews be searched for it from the first one on; not saved yet."""
        self.waits_since, self.searched_to = now, 0
