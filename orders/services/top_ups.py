"""Filling a wallet through a gateway."""

import logging
from datetime import timedelta
from decimal import Decimal

from accounts import wallet
from accounts.models import User, WalletEntry
from accounts.refusals import WalletFull
from orders.models import Payment, PaymentKind, PaymentStatus
from orders.services import refunds
from orders.services.begun import go_on_or_begin
from shop import clock, policy
from shop.money import plain
from shop.retry import whole_deed

logger = logging.getLogger(__name__)


def begin(*, user: User, amount: Decimal, method: str, way: str = "") -> Payment:
    """Begin a top-up, or go on with the same one where it has begun in this way."""
    minutes = policy.whole("top_up_minutes")
    return go_on_or_begin(
        open_key=f"top-up-{user.pk}-{method}{way}-{plain(amount)}",
        kind=PaymentKind.TOP_UP,
        wallet_id=user.pk,
        method=method,
        amount=amount,
        expires_at=clock.now() + timedelta(minutes=minutes),
    )


@whole_deed
def take(*, payment: Payment, reference: str) -> None:
    """The money came: credit it, exactly once. Saying it again changes nothing.

    What a wallet cannot take, being full or of a closed account, goes back.
    """
    # The account before payment and wallet: closing it locks in that order.
    user = User.objects.select_for_update().get(pk=payment.account_id)
    settled = Payment.objects.settle(
        payment.pk, PaymentStatus.PAID, paid_at=clock.now(), reference=reference
    )
    if not settled:
        return
    reason = "account_closed" if user.is_closed else _credit(payment)
    if reason:
        logger.warning("top-up %s goes back: %s", payment.number, reason)
        refunds.owe_whole(payment=payment, reason=reason)


def _credit(payment: Payment) -> str:
    try:
        wallet.credit(
            user_id=payment.account_id,
            amount=payment.amount,
            kind=WalletEntry.Kind.TOP_UP,
            reason=payment.number,
            deed=deed_of(payment),
        )
    except WalletFull:
        return "wallet_full"
    return ""


def deed_of(payment: Payment) -> str:
    """Return what the ledger knows a top-up by; it can stand there only once."""
    return f"top-up-{payment.pk}"
