"""Words that hold a review back until somebody has read it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SensitiveWord(models.Model):
    """A word of the list that staff edit (row G9)."""

    word = models.CharField(_("word"), max_length=40)
    #: As it is looked for: `reviews.wording.key_of`. Two that are looked for alike
    #: are one.
    key = models.CharField(max_length=80, unique=True, editable=False)
    added_at = models.DateTimeField(_("added at"), editable=False)

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
