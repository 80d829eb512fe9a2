"""Money in and out of a wallet, each time with its line in the ledger.

Orders and top-ups pay through here too, inside their own transactions.
"""

from decimal import Decimal

from django.db import transaction

from accounts.models import User, Wallet, WalletEntry
from accounts.refusals import InsufficientBalance, WalletFull
from shop import clock
from shop.retry import whole_deed


def credit(
    *, user_id: int, amount: Decimal, kind: str, reason: str, deed: str | None = None
) -> WalletEntry:
    """Put `amount` (above zero) into the wallet. Raises WalletFull.

    Balance and ledger change together, in the caller's transaction if there is one. A
    `deed` can move money only once: a second time it is an IntegrityError.
    """
    _refuse_nonsense(amount)
    with transaction.atomic():
        if not Wallet.objects.give(user_id, amount):
            raise WalletFull
        return _write_entry(user_id, amount, kind, reason, deed)


def debit(
    *, user_id: int, amount: Decimal, kind: str, reason: str, deed: str | None = None
) -> WalletEntry:
    """Take `amount` (above zero) out of the wallet. Raises InsufficientBalance.

    Balance, ledger and `deed` as with `credit`.
    """
    _refuse_nonsense(amount)
    with transaction.atomic():
        if not Wallet.objects.take(user_id, amount):
            raise InsufficientBalance
        return _write_entry(user_id, -amount, kind, reason, deed)


@whole_deed
def grant_balance(*, user: User, amount: Decimal, reason: str) -> WalletEntry:
    """Top a wallet up as a member of staff. Raises WalletFull."""
    return credit(
        user_id=user.pk, amount=amount, kind=WalletEntry.Kind.GRANT, reason=reason
    )


def _refuse_nonsense(amount: Decimal) -> None:
    # A negative debit would be a gift: a mistake of ours, not of the shopper.
    if not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
        raise ValueError(f"no amount to move: {amount}")


def _write_entry(
    user_id: int, amount: Decimal, kind: str, reason: str, deed: str | None
) -> WalletEntry:
    # The guarded update holds the wallet's row until commit, so nobody moves the
    # balance between that and this line.
    balance = Wallet.objects.values_list("balance", flat=True).get(pk=user_id)
    return WalletEntry.objects.create(
        wallet_id=user_id,
        kind=kind,
        amount=amount,
        balance_after=balance,
        reason=reason,
        deed=deed,
        created_at=clock.now(),
    )
