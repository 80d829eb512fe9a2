"""Orders, from the moment that they are placed."""

from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import identifiers
from orders.models.order_querysets import OrderQuerySet
from orders.states import FINAL, SHIPPABLE, OrderStatus

#: The columns of an address, the same on an order and wherever it is copied to.
ADDRESS = ("recipient", "phone", "province", "city", "district", "street")


class Order(models.Model):
    """An order with copies of all that it was placed with (row F4)."""

    #: Says nothing about other orders: a date and ten random digits.
    number = models.CharField(_("order number"), max_length=20, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="orders",
        verbose_name=_("account"),
    )
    #: The checkout form's own; one token never makes two orders (row E4).
    token = models.CharField(max_length=64, editable=False)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=OrderStatus,
        default=OrderStatus.PENDING_PAYMENT,
    )
    #: Messages about the order speak it (row K3).
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES
    )

    recipient = models.CharField(_("recipient"), max_length=30)
    phone = PhoneNumberField(_("phone"), max_length=20)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=60)
    street = models.CharField(_("street and house"), max_length=120)
    note = models.CharField(_("note"), max_length=200, blank=True)

    goods_amount = models.DecimalField(
        _("goods"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    #: What a coupon takes off the goods; spread over the items to the cent.
    discount_amount = models.DecimalField(
        _("coupon"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    freight_amount = models.DecimalField(
        _("freight"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    total_amount = models.DecimalField(
        _("total"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )

    placed_at = models.DateTimeField(_("placed at"))
    pay_by = models.DateTimeField(_("to pay by"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    #: Until when the shop means to ship; copied at payment, so that a later change of
    #: the rule makes no running order late.
    ship_by = models.DateTimeField(_("to ship by"), null=True, blank=True)
    #: When the buyer last asked to ship soon.
    ship_reminded_at = models.DateTimeField(
        _("reminded to ship at"), null=True, blank=True
    )
    #: When the buyer used the one change of address that there is after payment.
    address_changed_at = models.DateTimeField(
        _("address changed at"), null=True, blank=True
    )
    #: When the last parcel left; the receipt timer starts here.
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    #: Computed at shipping, so that a later change of the rule moves nothing.
    #: Empty while the timer stands still (row G4).
    receive_by = models.DateTimeField(_("received by itself at"), null=True, blank=True)
    #: What was left of the timer when it was stopped; empty while it runs.
    receipt_left = models.DurationField(
        _("time left to receive"), null=True, blank=True
    )
    #: When the buyer is told that receipt is near; empty once told (row G2).
    remind_receipt_at = models.DateTimeField(
        _("reminder of receipt at"), null=True, blank=True
    )
    #: So long before receipt; a copy of the rule, as with `receive_by`.
    receipt_notice = models.DurationField(null=True, blank=True, editable=False)
    #: When the buyer used the one extension (row G3).
    extended_at = models.DateTimeField(_("extended at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("reason of closing"), max_length=200, blank=True)
    #: When the buyer put it out of sight; staff see it as before (row F14).
    hidden_at = models.DateTimeField(
        _("hidden by the buyer at"), null=True, blank=True, editable=False
    )
    #: When the buyer was reminded, once, to pay it or to review it (row H5).
    pay_reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        permissions = [
            ("ship_order", "Can ship order"),
            ("cancel_order", "Can cancel order"),
            ("extend_order", "Can extend the time to receive"),
        ]
        indexes = [
            models.Index(
                fields=["user", "-placed_at", "-id"], name="orders_of_a_shopper"
            ),
            models.Index(fields=["status", "pay_by"], name="orders_unpaid_due"),
            models.Index(fields=["status", "receive_by"], name="orders_receipt_due"),
            models.Index(fields=["status", "completed_at"], name="orders_completed"),
            models.Index(fields=["remind_receipt_at"], name="orders_reminder_due"),
            models.Index(fields=["status", "ship_by"], name="orders_shipping_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | Q(status__in=sorted(FINAL)),
                name="orders_order_only_finished_are_hidden",
            ),
            models.UniqueConstraint(
                fields=("user", "token"), name="orders_order_one_for_each_token"
            ),
            models.CheckConstraint(
                condition=Q(goods_amount__gte=0, freight_amount__gte=0),
                name="orders_order_amounts_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(discount_amount__gte=0, total_amount__gte=0)
                & Q(discount_amount__lte=F("goods_amount")),
                name="orders_order_discount_within_its_goods",
            ),
            models.CheckConstraint(
                condition=Q(receive_by__isnull=True) | Q(receipt_left__isnull=True),
                name="orders_order_receipt_timer_runs_or_stands",
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.SHIPPED)
                | Q(receive_by__isnull=False)
                | Q(receipt_left__isnull=False),
                name="orders_order_shipped_has_a_receipt_timer",
            ),
            models.CheckConstraint(
                condition=Q(remind_receipt_at__isnull=True)
                | Q(status=OrderStatus.SHIPPED, receive_by__isnull=False),
                name="orders_order_reminder_of_a_running_timer",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, ship_by__isnull=True)
                | Q(paid_at__isnull=False, ship_by__isnull=False),
                name="orders_order_paid_has_its_ship_by",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:order-detail", args=[self.number])

    @property
    def is_finished(self) -> bool:
        """Tell whether it moves nowhere any more."""
        return self.status in FINAL

    @property
    def can_be_hidden(self) -> bool:
        """Tell whether the buyer may; asks for the requests unless `with_items`."""
        asked = (getattr(item, "open_after_sale", None) for item in self.items.all())
        return self.is_finished and not any(asked)

    @property
    def region(self) -> str:
        """Province, city and district; a municipality's name stands once."""
        return " ".join(dict.fromkeys([self.province, self.city, self.district]))

    @property
    def masked_phone(self) -> str:
        """The recipient's phone; empty once the buyer's account is closed."""
        return identifiers.masked_phone(str(self.phone)) if self.phone else ""

    @property
    def address_mark(self) -> str:
        """Tells this address from the one before it; it holds nothing readable."""
        columns = [str(getattr(self, name)) for name in ADDRESS]
        return sha256("\n".join(columns).encode()).hexdigest()[:16]

    @property
    def is_to_ship(self) -> bool:
        return self.status in SHIPPABLE

    def is_overdue_to_ship(self, now: datetime) -> bool:
        return self.is_to_ship and self.ship_by is not None and self.ship_by <= now
