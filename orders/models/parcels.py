"""Parcels: what was sent, with whom, under which number."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order, OrderItem


class Carrier(models.TextChoices):
    SF = "sf", _("SF Express")
    YTO = "yto", _("YTO Express")
    ZTO = "zto", _("ZTO Express")
    JD = "jd", _("JD Logistics")


class Parcel(models.Model):
    """A parcel of an order. An order may go in several (row F8)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="parcels")
    carrier = models.CharField(_("carrier"), max_length=10, choices=Carrier)
    tracking_number = models.CharField(_("tracking number"), max_length=40)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class ParcelLine(models.Model):
    """How many of an item lie in a parcel."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="lines")
    item = models.ForeignKey(OrderItem, models.PROTECT, related_name="parcel_lines")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(
                fields=("parcel", "item"), name="orders_parcel_line_one_an_item"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_parcel_line_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} × {self.quantity}"
