"""The pictures of a product."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog import pictures
from catalog.models.products import Product


class PictureQuerySet(models.QuerySet["Picture"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Picture(models.Model):
    """A product's picture: re-encoded files in several widths (`catalog.pictures`)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    #: Path below MEDIA_ROOT without width and ending; named by the content.
    stem = models.CharField(max_length=100, editable=False)
    alt_zh = models.CharField(_("what it shows (Chinese)"), max_length=120, blank=True)
    alt_en = models.CharField(_("what it shows (English)"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(
                fields=("product", "stem"), name="catalog_picture_once_a_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position + 1}. {self.alt_zh}"

    @property
    def stored(self) -> pictures.StoredPicture:
        return pictures.StoredPicture(self.stem)
