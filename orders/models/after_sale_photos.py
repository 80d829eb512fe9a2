"""Pictures that buyers add to what they ask for after paying."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.after_sales import AfterSale
from shop.photos import StoredPhoto


class AfterSalePhoto(models.Model):
    """A picture that shows what is wrong: re-encoded files (`shop.photos`)."""

    after_sale = models.ForeignKey(AfterSale, models.CASCADE, related_name="photos")
    #: Path below MEDIA_ROOT without width and ending; a name of its own.
    stem = models.CharField(max_length=100, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("photo of a request")
        verbose_name_plural = _("photos of requests")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("after_sale", "position"),
                name="orders_after_sale_photo_one_a_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_sale_id}: {self.position + 1}"

    @property
    def stored(self) -> StoredPhoto:
        return StoredPhoto(self.stem)
