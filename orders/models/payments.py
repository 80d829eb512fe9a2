"""Tries to pay for an order, and money that goes back."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order


class PaymentMethod(models.TextChoices):
    BALANCE = "balance", _("Balance")
    SANDBOX = "sandbox", _("Sandbox")


class PaymentStatus(models.TextChoices):
    OPEN = "open", _("open")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")


class PaymentQuerySet(models.QuerySet["Payment"]):
    def made_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self.filter(order__user=user.pk) if user.pk else self.none()

    def settle(self, pk: int, status: PaymentStatus, **changes: Any) -> bool:
        """Write how a payment ended; False when it was written already.

        A payment that failed may still succeed: a gateway's word is late at times.
        """
        unsettled = [PaymentStatus.OPEN]
        if status == PaymentStatus.PAID:
            unsettled.append(PaymentStatus.FAILED)
        return (
            self.filter(pk=pk, status__in=unsettled).update(status=status, **changes)
            == 1
        )


class Payment(models.Model):
    """One try to pay an order, by balance or through a gateway."""

    #: Random; what the gateway knows the payment by.
    number = models.CharField(_("payment number"), max_length=32, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=20, choices=PaymentMethod)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    status = models.CharField(
        _("status"), max_length=10, choices=PaymentStatus, default=PaymentStatus.OPEN
    )
    #: The gateway's own number of it.
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="orders_payment_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False)
                | (~Q(status="paid") & Q(paid_at__isnull=True)),
                name="orders_payment_paid_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RefundQuerySet(models.QuerySet["Refund"]):
    def waiting_at(self, moment: datetime) -> Self:
        return self.filter(done_at__isnull=True, next_try_at__lte=moment).order_by(
            "next_try_at", "pk"
        )

    def claim(self, pk: int, moment: datetime, next_try_at: datetime) -> bool:
        """Reserve one try to send the money back; False if somebody else has it."""
        waiting = self.waiting_at(moment).filter(pk=pk).order_by()
        return waiting.update(next_try_at=next_try_at) == 1


class Refund(models.Model):
    """Money of a payment that goes back the way it came, exactly once.

    Written in the transaction that owes it, sent on commit, and again by the clock.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="refund")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(_("owed since"))
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(_("sent back at"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="orders_refund_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"
