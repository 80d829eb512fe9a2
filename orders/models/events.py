"""What happened to orders, written beside every move."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.items import OrderItem
from orders.models.orders import Order


class OrderEvent(models.Model):
    """Something that happened to an order: what, who, when, why (row F2)."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("Order placed")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("Parcel sent")
        RECEIVED = "received", _("Item received")
        COMPLETED = "completed", _("Order completed")
        CLOSED = "closed", _("Order closed")
        REFUNDED = "refunded", _("Money sent back")
        REQUEST_OPENED = "request_opened", _("After-sale request")
        REQUEST_AGREED = "request_agreed", _("Request agreed to")
        REQUEST_GRANTED = "request_granted", _("Refund agreed to")
        REQUEST_REFUSED = "request_refused", _("Request refused")
        REQUEST_WITHDRAWN = "request_withdrawn", _("Request withdrawn")
        REQUEST_EXPIRED = "request_expired", _("Request closed: nothing was sent back")
        GOODS_SENT_BACK = "goods_sent_back", _("Goods sent back")
        GOODS_CAME_BACK = "goods_came_back", _("Returned goods arrived")
        GOODS_MISSING = "goods_missing", _("Goods did not come back")
        RETURN_OVERDUE = "return_overdue", _("Returned goods not confirmed in time")
        REPLACEMENT_SENT = "replacement_sent", _("Replacement sent")
        EXTENDED = "extended", _("More time to receive")
        FROZEN = "frozen", _("Automatic receipt stands still")
        RESUMED = "resumed", _("Automatic receipt goes on")
        NUMBER_CORRECTED = "number_corrected", _("Tracking number corrected")
        REMINDED = "reminded", _("Asked to ship soon")
        ADDRESS_CHANGED = "address_changed", _("Address changed")

    class Actor(models.TextChoices):
        BUYER = "buyer", _("buyer")
        STAFF = "staff", _("shop")
        SYSTEM = "system", _("system")

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    item = models.ForeignKey(
        OrderItem, models.PROTECT, null=True, blank=True, related_name="events"
    )
    after_sale = models.ForeignKey(
        "orders.AfterSale",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.CharField(_("who"), max_length=10, choices=Actor)
    #: The member of staff; empty for buyer and system.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    detail = models.CharField(_("details"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
