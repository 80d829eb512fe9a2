"""What a product's reviews come to, in one row."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product

STARS = (5, 4, 3, 2, 1)
_COUNT = F("stars_1") + F("stars_2") + F("stars_3") + F("stars_4") + F("stars_5")


class RatingSummary(models.Model):
    """How many wrote how many stars, and how many wrote nothing (rows G10, M4).

    The average of the product and the numbers beside the filters come from here.
    Written by `reviews.ratings` alone; without a row there is nothing to count.
    """

    product = models.OneToOneField(
        Product,
        models.CASCADE,
        primary_key=True,
        related_name="rating_summary",
        verbose_name=_("product"),
    )
    stars_1 = models.PositiveIntegerField(default=0)
    stars_2 = models.PositiveIntegerField(default=0)
    stars_3 = models.PositiveIntegerField(default=0)
    stars_4 = models.PositiveIntegerField(default=0)
    stars_5 = models.PositiveIntegerField(default=0)
    #: Default praise: outside the average and the histogram.
    silent = models.PositiveIntegerField(default=0)
    with_photos = models.PositiveIntegerField(default=0)
    #: Those of default praise too.
    with_follow_up = models.PositiveIntegerField(default=0)
    in_chinese = models.PositiveIntegerField(default=0)
    in_english = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("rating summary")
        verbose_name_plural = _("rating summaries")
        constraints = [
            models.CheckConstraint(
                condition=Q(with_photos__lte=_COUNT)
                & Q(in_chinese__lte=_COUNT, in_english__lte=_COUNT),
                name="reviews_summary_parts_within_the_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.count}"

    @property
    def count(self) -> int:
        """How many reviews were written."""
        return sum(getattr(self, f"stars_{n}") for n in STARS)

    @property
    def total(self) -> int:
        """All their stars."""
        return sum(n * getattr(self, f"stars_{n}") for n in STARS)
