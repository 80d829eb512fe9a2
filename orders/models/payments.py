"""Tries to pay for an order, and money that goes back."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
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


class RefundQuerySet(models.QuerySet["Refund"]):
    def waiting_at(self, moment: datetime) -> Self:
        return self.filter(done_at__isnull=True, next_try_at__lte=moment).order_by(
            "next_try_at", "pk"
        )

    def claim(self, pk: int, moment: datetime, next_try_at: datetime) -> bool:
        """Reserve one try to send the money back; False if somebody else has it."""
        waiting = self.waiting_at(moment).filter(pk=pk).order_by()
        return (
            waiting.update(
                next_try_at=next_try_at,
                tries=F("tries") + 1,
                # Until the gateway has said so again: meanwhile nobody else decides.
                is_refused=False,
            )
            == 1
        )

    def turn_into_balance(self, pk: int, moment: datetime) -> bool:
        """End one that its gateway refused; False when it is not stuck any more."""
        stuck = self.filter(pk=pk, done_at__isnull=True, is_refused=True)
        return stuck.update(done_at=moment, is_to_balance=True) == 1


class Refund(models.Model):
    """Money of a payment that goes back the way it came, exactly once.

    Written in the transaction that owes it, sent on commit, and again by the clock.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    #: What it is for; without one the whole payment came in vain. Each once.
    after_sale = models.OneToOneField(
        "orders.AfterSale",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refund",
    )
    #: Its payment, where all of it came in vain: it goes back once.
    whole_payment = models.OneToOneField(
        Payment,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="whole_refund",
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(_("owed since"))
    next_try_at = models.DateTimeField()
    #: How often it was tried, and the gateway's code for why it did not go.
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("error"), max_length=80, blank=True)
    #: The gateway's last answer was a clear no, not a silence; it has not paid.
    is_refused = models.BooleanField(_("refused by its gateway"), default=False)
    done_at = models.DateTimeField(_("sent back at"), null=True, blank=True)
    #: It went into the wallet instead, as staff decided.
    is_to_balance = models.BooleanField(_("to the balance instead"), default=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [("redirect_refund", "Can turn a refused refund into balance")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="orders_refund_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(after_sale__isnull=False, whole_payment=None)
                | Q(after_sale=None, whole_payment__isnull=False)
                & Q(whole_payment=F("payment")),
                name="orders_refund_of_a_request_or_a_whole_payment",
            ),
            models.CheckConstraint(
                condition=Q(is_to_balance=False) | Q(done_at__isnull=False),
                name="orders_refund_to_balance_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"

    @property
    def can_turn_into_balance(self) -> bool:
        """Tell whether staff may put it into the wallet: an order's, and refused."""
        is_orders = self.payment.order_id is not None
        return self.is_refused and self.done_at is None and is_orders

    @property
    def number(self) -> str:
        """What the gateway knows it by; asked twice under it, it pays once."""
        return f"{self.payment.number}-{self.pk}"


class SeenNonce(models.Model):
    """A word that a gateway signs once; a notice with it again is a replay."""

    gateway = models.CharField(max_length=20)
    nonce = models.CharField(max_length=64)
    #: By the machine's time, like the window outside of which notices are too old.
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["gateway", "seen_at"], name="orders_nonce_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("gateway", "nonce"), name="orders_nonce_only_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.nonce}"
