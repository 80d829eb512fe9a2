"""The photos that buyers add to their reviews."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.photos import MOST, StoredPhoto


class ReviewPhotoQuerySet(models.QuerySet["ReviewPhoto"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class ReviewPhoto(models.Model):
    """A picture of a review: re-encoded files in two widths (`reviews.photos`)."""

    review = models.ForeignKey("Review", models.CASCADE, related_name="photos")
    #: Path below MEDIA_ROOT without width and ending; a name of its own.
    stem = models.CharField(max_length=100, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ReviewPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(
                fields=("review", "position"), name="reviews_photo_one_a_position"
            ),
            # With the one before: no review has more than nine.
            models.CheckConstraint(
                condition=Q(position__lt=MOST), name="reviews_photo_at_most_nine"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.position + 1}"

    @property
    def stored(self) -> StoredPhoto:
        return StoredPhoto(self.stem)
