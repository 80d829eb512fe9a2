"""Money that goes back the way it came, or into the wallet."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.models.payments import Payment


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
