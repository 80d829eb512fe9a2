"""The wallet that every account has, and its ledger."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

#: What the column of a balance can hold.
MOST_MONEY = Decimal("9999999999.99")


class WalletQuerySet(models.QuerySet["Wallet"]):
    def take(self, user_id: int, amount: Decimal) -> bool:
        """Take money out, or return False and take none."""
        # One statement: between a read and a write another payment fits.
        # Rounded: SQLite computes in floats, whose dust would refuse a last cent.
        taken = self.filter(pk=user_id, balance__gte=amount).update(
            balance=Round(F("balance") - amount, 2)
        )
        return taken == 1

    def give(self, user_id: int, amount: Decimal) -> bool:
        """Put money in, or return False when the wallet cannot hold that much."""
        given = self.filter(pk=user_id, balance__lte=MOST_MONEY - amount).update(
            balance=Round(F("balance") + amount, 2)
        )
        return given == 1


class Wallet(models.Model):
    """An account's balance. Its ledger stands beside it and always adds up to it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True
    )
    balance = models.DecimalField(
        _("balance"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )

    objects = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="accounts_wallet_never_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"wallet of account {self.pk}"


class WalletEntryQuerySet(models.QuerySet["WalletEntry"]):
    def of(self, user: AbstractBaseUser) -> Self:
        return self.filter(wallet=user.pk)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class WalletEntry(models.Model):
    """One line of a wallet's ledger. Written once, never changed, never deleted."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("top-up by the shop")
        PAYMENT = "payment", _("payment of an order")
        REFUND = "refund", _("refund of an order")
        TOP_UP = "top_up", _("top-up")

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    #: Positive: into the wallet; negative: out of it.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    balance_after = models.DecimalField(
        _("balance after"), max_digits=12, decimal_places=2
    )
    reason = models.CharField(_("reason"), max_length=200)
    #: What moved the money, where it may do so only once: a payment, a refund.
    deed = models.CharField(
        max_length=64, null=True, blank=True, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("when"))

    objects = WalletEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet entry")
        verbose_name_plural = _("wallet entries")
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0), name="accounts_wallet_entry_moves_money"
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0),
                name="accounts_wallet_entry_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
