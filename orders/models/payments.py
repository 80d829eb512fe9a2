"""Tries to bring in money: for an order, or for a wallet."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Wallet
from orders.models.orders import Order


class PaymentKind(models.TextChoices):
    ORDER = "order", _("order")
    TOP_UP = "top_up", _("wallet top-up")


class PaymentMethod(models.TextChoices):
    BALANCE = "balance", _("Balance")
    ALIPAY = "alipay", _("Alipay")
    WECHAT = "wechat", _("WeChat Pay")
    SANDBOX = "sandbox", _("Sandbox")


class PaymentStatus(models.TextChoices):
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")


class PaymentQuerySet(models.QuerySet["Payment"]):
    def made_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own, for orders and for the wallet; every load starts here."""
        if not user.pk:
            return self.none()
        return self.filter(Q(order__user=user.pk) | Q(wallet=user.pk))

    def to_ask_by(self, moment: datetime) -> Self:
        """Those whose gateway is to be asked by then, the longest waiting first."""
        waiting = self.filter(status=PaymentStatus.OPEN, next_query_at__lte=moment)
        return waiting.order_by("next_query_at", "pk")

    def claim_query(
        self, payment: "Payment", moment: datetime, next_query_at: datetime | None
    ) -> bool:
        """Reserve one question to the gateway; False if somebody else has it.

        The number of questions is what it was when `payment` was read, or it is late.
        """
        unasked = self.filter(
            pk=payment.pk, status=PaymentStatus.OPEN, queries=payment.queries
        )
        changes = {"queries": payment.queries + 1, "asked_at": moment}
        return unasked.update(next_query_at=next_query_at, **changes) == 1

    def settle(self, pk: int, status: PaymentStatus, **changes: Any) -> bool:
        """Write how a payment ended; False when it was written already.

        A payment that failed may still succeed: a gateway's word is late at times.
        """
        unsettled = [PaymentStatus.OPEN]
        if status == PaymentStatus.PAID:
            unsettled.append(PaymentStatus.FAILED)
        return (
            self.filter(pk=pk, status__in=unsettled).update(
                status=status, open_key=None, next_query_at=None, **changes
            )
            == 1
        )


class Payment(models.Model):
    """One try to bring in money: for an order, or for a wallet that is topped up."""

    #: Random; what the gateway knows the payment by.
    number = models.CharField(_("payment number"), max_length=32, unique=True)
    kind = models.CharField(
        _("for"), max_length=10, choices=PaymentKind, default=PaymentKind.ORDER
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="payments"
    )
    #: The one that a top-up fills.
    wallet = models.ForeignKey(
        Wallet, models.PROTECT, null=True, blank=True, related_name="top_ups"
    )
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    status = models.CharField(
        _("status"), max_length=10, choices=PaymentStatus, default=PaymentStatus.OPEN
    )
    #: The gateway's own number of it.
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    #: What is paid, and how, while it is open; so a second click finds the first one's.
    open_key = models.CharField(
        max_length=64, null=True, blank=True, unique=True, editable=False
    )
    #: Where the shopper pays: an address, or what a QR code says.
    pay_url = models.TextField(blank=True, editable=False)
    #: From then on the gateway takes no money for it.
    expires_at = models.DateTimeField(null=True, editable=False)
    #: How often the gateway was asked what became of it, when last, and when next.
    queries = models.PositiveSmallIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    next_query_at = models.DateTimeField(null=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(
                fields=["status", "next_query_at", "id"], name="orders_payment_to_ask"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="orders_payment_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False)
                | (~Q(status="paid") & Q(paid_at__isnull=True)),
                name="orders_payment_paid_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind="order", order__isnull=False, wallet__isnull=True)
                | Q(kind="top_up", order__isnull=True, wallet__isnull=False),
                name="orders_payment_is_for_an_order_or_a_wallet",
            ),
            models.CheckConstraint(
                condition=Q(status="open")
                | Q(open_key__isnull=True, next_query_at__isnull=True),
                name="orders_payment_settled_is_not_asked_for",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page where it is paid, and that shows what became of it."""
        return reverse("orders:payment-detail", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.status == PaymentStatus.OPEN

    @property
    def target(self) -> str:
        """What the ledger of the wallet names it by: the order, or the top-up."""
        return self.order.number if self.order else self.number

    @property
    def account_id(self) -> int:
        """Whose money it is."""
        wallet_id: int | None = self.wallet_id
        if wallet_id is not None:
            return wallet_id
        if self.order is None:
            raise AssertionError("a constraint of the table forbids it")
        return self.order.user_id
