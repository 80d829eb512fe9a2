"""Money that goes back the way it came, exactly once."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts import wallet
from accounts.models import WalletEntry
from orders import gateways
from orders.models import AfterSale, OrderEvent, Payment, PaymentMethod, Refund
from orders.services.events import write_event
from shop import clock
from shop.retry import after_commit, whole_deed

logger = logging.getLogger(__name__)

#: Minutes until the next try; the last one is every pause from then on. What keeps a
#: refund from going may pass by itself, or be mended: the shop's account is empty.
PAUSES = (5, 10, 30, 60, 180, 360)


def owe_whole(*, payment: Payment, reason: str) -> None:
    """Owe a payment that came in vain, in the transaction that finds it so."""
    _owe(payment, payment.amount, reason, whole_payment=payment)


def owe_part(*, payment: Payment, amount: Decimal, after_sale: AfterSale) -> None:
    """Owe what a request is worth, in the transaction that grants it; once each."""
    _owe(payment, amount, after_sale.kind, after_sale=after_sale)


def _owe(payment: Payment, amount: Decimal, reason: str, **of: Any) -> None:
    now = clock.now()
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason,
        created_at=now,
        next_try_at=now,
        **of,
    )
    after_commit(send_back, refund.pk)


def send_back(refund_id: int) -> bool:
    """Try to send a refund; False when it was not sent this time.

    A gateway is asked outside of any transaction, under the refund's own number: asked
    twice, because an answer was lost, it still pays once.
    """
    now = clock.now()
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    pause = timedelta(minutes=PAUSES[min(refund.tries, len(PAUSES) - 1)])
    if not Refund.objects.claim(refund_id, now, now + pause):
        return False
    is_balance = refund.payment.method == PaymentMethod.BALANCE
    if not is_balance and not _has_arrived(refund):
        return False
    return _mark_done(refund)


def _has_arrived(refund: Refund) -> bool:
    error, has_arrived = "", False
    try:
        has_arrived = gateways.of(refund.payment.method).refund(refund)
    except gateways.NoAnswer as reason:
        error = str(reason)
        logger.warning("refund %s did not go: %s", refund.pk, error)
    if error != refund.error:
        Refund.objects.filter(pk=refund.pk).update(error=error[:80])
    return has_arrived


@whole_deed
def _mark_done(refund: Refund) -> bool:
    now = clock.now()
    waiting = Refund.objects.filter(pk=refund.pk, done_at__isnull=True)
    if not waiting.update(done_at=now):
        return False
    payment = refund.payment
    if payment.method == PaymentMethod.BALANCE:
        wallet.credit(
            user_id=payment.account_id,
            amount=refund.amount,
            kind=WalletEntry.Kind.REFUND,
            reason=payment.target,
            deed=f"refund-{refund.pk}",
        )
    if payment.order_id is not None:
        write_event(
            order_id=payment.order_id,
            kind=OrderEvent.Kind.REFUNDED,
            actor=OrderEvent.Actor.SYSTEM,
            at=now,
            detail=refund.reason,
        )
    return True
