"""What was bought: the items of an order, each with a life of its own."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Variant
from catalog.pictures import StoredPicture
from orders.states import ItemStatus

#: `OrderItem.review_state` while its review row waits; the floor above writes it.
TO_REVIEW = "pending"


class OrderItemQuerySet(models.QuerySet["OrderItem"]):
    def bought_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own items; every load for a shopper starts here."""
        return self.filter(order__user=user.pk) if user.pk else self.none()

    def in_order(self) -> Self:
        return self.order_by("pk")

    def to_praise_by(self, moment: datetime) -> Self:
        """Those whose time to be reviewed is over."""
        return self.filter(review_state=TO_REVIEW, praise_at__lte=moment)

    def with_request(self) -> Self:
        """With the one open after-sale request that each may have."""
        return self.select_related("open_after_sale")

    def with_after_sales(self) -> Self:
        """With all that was ever asked about each, and what its product promises."""
        return self.select_related("product", "open_after_sale").prefetch_related(
            "after_sales"
        )

    def with_links(self, now: datetime) -> Self:
        """With `has_link`: the product is still public (row F4)."""
        public = Product.objects.public(now).filter(pk=OuterRef("product"))
        return self.annotate(has_link=Exists(public))


class OrderItem(models.Model):
    """One line of an order: a variant and its quantity, with copies of what was shown.

    It is received, reviewed and refunded by itself, also when the same was bought
    twice the same day.
    """

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="order_items")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    options_zh = models.CharField(max_length=120, blank=True)
    options_en = models.CharField(max_length=120, blank=True)
    code = models.CharField(_("code"), max_length=40)
    picture_stem = models.CharField(max_length=100, blank=True)
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=2)
    quantity = models.PositiveIntegerField(_("quantity"))
    #: Its share of the order's discount.
    discount_amount = models.DecimalField(
        _("coupon"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    #: Its share of what is paid for the goods: price × quantity - discount.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=ItemStatus,
        default=ItemStatus.PENDING_PAYMENT,
    )
    shipped_quantity = models.PositiveIntegerField(_("shipped"), default=0)
    #: Units whose money went back, and how much that was of the goods (row F12).
    refunded_quantity = models.PositiveIntegerField(_("refunded"), default=0)
    refunded_amount = models.DecimalField(
        _("refunded amount"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    #: Those of them that had not been sent; they never will be.
    cancelled_quantity = models.PositiveIntegerField(_("never sent"), default=0)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    #: Until when it may be returned, and then exchanged; computed at its receipt.
    return_by = models.DateTimeField(_("to return until"), null=True, blank=True)
    exchange_by = models.DateTimeField(_("to exchange until"), null=True, blank=True)
    #: What has become of its review row; written by the floor above.
    review_state = models.CharField(max_length=20, blank=True, editable=False)
    #: When the clock praises, if nothing was written by then; copied at receipt.
    praise_at = models.DateTimeField(
        _("default praise at"), null=True, blank=True, editable=False
    )

    objects = OrderItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("order item")
        verbose_name_plural = _("order items")
        indexes = [
            # Whose receipt is the oldest that still counts.
            models.Index(
                fields=["status", "received_at", "id"], name="orders_item_by_receipt"
            ),
            models.Index(
                fields=["review_state", "praise_at", "id"],
                name="orders_item_praise_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("order", "variant"), name="orders_item_one_a_variant"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_item_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, discount_amount__gte=0),
                name="orders_item_amounts_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=F("shipped_quantity") + F("cancelled_quantity")
                ),
                name="orders_item_ships_no_more_than_bought",
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity"))
                & Q(cancelled_quantity__lte=F("refunded_quantity"))
                & Q(refunded_amount__gte=0, refunded_amount__lte=F("amount")),
                name="orders_item_refunds_no_more_than_paid",
            ),
            models.CheckConstraint(
                condition=~Q(status=ItemStatus.REFUNDED)
                | Q(refunded_quantity=F("quantity"), refunded_amount=F("amount")),
                name="orders_item_refunded_is_refunded_in_full",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.RECEIVED, received_at__isnull=False)
                | (~Q(status=ItemStatus.RECEIVED) & Q(received_at__isnull=True))
                | Q(status=ItemStatus.REFUNDED),
                name="orders_item_received_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(review_state=TO_REVIEW) | Q(praise_at__isnull=False),
                name="orders_item_to_review_has_its_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} × {self.quantity}"

    @property
    def picture(self) -> StoredPicture:
        return StoredPicture(self.picture_stem)

    @property
    def unshipped_quantity(self) -> int:
        """How many are still to be sent."""
        return self.quantity - self.shipped_quantity - self.cancelled_quantity

    @property
    def kept_quantity(self) -> int:
        """How many the buyer has paid for and not got the money back."""
        return self.quantity - self.refunded_quantity

    @property
    def is_to_review(self) -> bool:
        return self.review_state == TO_REVIEW

    @property
    def can_be_received(self) -> bool:
        """Tell whether the buyer may; asks for the request unless `with_request`."""
        is_asked_about = getattr(self, "open_after_sale", None) is not None
        return self.status == ItemStatus.SHIPPED and not is_asked_about
