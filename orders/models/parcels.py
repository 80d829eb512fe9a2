"""Parcels: what was sent, with whom, under which number, and where it was seen."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.items import OrderItem
from orders.models.orders import Order
from orders.states import OrderStatus


class Carrier(models.TextChoices):
    SF = "sf", _("SF Express")
    YTO = "yto", _("YTO Express")
    ZTO = "zto", _("ZTO Express")
    JD = "jd", _("JD Logistics")


class ScanKind(models.TextChoices):
    """What a courier says of a parcel, in the order in which it usually comes."""

    COLLECTED = "collected", _("Collected")
    MOVING = "moving", _("On its way")
    DELIVERING = "delivering", _("Out for delivery")
    SIGNED = "signed", _("Signed for")
    PROBLEM = "problem", _("Held up")


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def of_order(self, order: Order) -> Self:
        """An order's parcels in the order in which they left, with lines and scans."""
        scans = models.Prefetch("scans", ParcelScan.objects.newest_first())
        whole = self.filter(order=order).prefetch_related("lines__item", scans)
        return whole.order_by("pk")

    def to_ask_by(self, moment: datetime) -> Self:
        """Those under way whose carrier is to be asked by then."""
        open_ones = (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)
        due = self.filter(ask_at__lte=moment, order__status__in=open_ones)
        return due.order_by("ask_at", "pk")

    def claim(self, pk: int, now: datetime, pause: timedelta) -> bool:
        """Take a parcel's turn to be asked about; False when somebody else has it."""
        return self.filter(pk=pk, ask_at__lte=now).update(ask_at=now + pause) == 1


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
    #: When staff used the one correction of carrier and number that there is.
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True)
    #: When its carrier is asked next where it is; empty: not any more.
    ask_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [
            models.Index(fields=["ask_at", "id"], name="orders_parcel_to_ask"),
            models.Index(fields=["tracking_number", "id"], name="orders_parcel_number"),
        ]
        constraints = [
            # A second click on "send" makes no second parcel.
            models.UniqueConstraint(
                fields=("order", "carrier", "tracking_number"),
                name="orders_parcel_one_a_number",
            ),
        ]

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


class ParcelScanQuerySet(models.QuerySet["ParcelScan"]):
    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class ParcelScan(models.Model):
    """Where a parcel was seen. It is shown and moves nothing: no item is received."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="scans")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=20, choices=ScanKind)
    text = models.CharField(_("in words"), max_length=200, blank=True)
    #: The member of staff who wrote it; empty: the carrier said so.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    #: Hash of moment, kind and words: a carrier says the same at every question.
    key = models.CharField(max_length=64, editable=False)

    objects = ParcelScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan line")
        verbose_name_plural = _("scan lines")
        constraints = [
            models.UniqueConstraint(
                fields=("parcel", "key"), name="orders_scan_each_said_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
