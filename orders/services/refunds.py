"""Money that goes back the way it came, exactly once."""

import logging
from datetime import timedelta

from accounts import wallet
from accounts.models import WalletEntry
from orders import gateways
from orders.models import OrderEvent, Payment, PaymentMethod, Refund
from orders.services.events import write_event
from shop import clock
from shop.retry import after_commit, whole_deed

logger = logging.getLogger(__name__)

#: Until the next try, when a gateway did not answer.
PAUSE = timedelta(minutes=5)


def owe(*, payment: Payment, reason: str) -> None:
    """Owe a payment back, in the transaction that finds it so; it is sent on commit."""
    now = clock.now()
    refund = Refund.objects.create(
        payment=payment,
        amount=payment.amount,
        reason=reason,
        created_at=now,
        next_try_at=now,
    )
    after_commit(send_back, refund.pk)


def send_back(refund_id: int) -> bool:
    """Try to send a refund; False when it was not sent this time.

    A gateway is asked outside of any transaction, under the refund's own number: asked
    twice, because an answer was lost, it still pays once.
    """
    now = clock.now()
    if not Refund.objects.claim(refund_id, now, now + PAUSE):
        return False
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    if refund.payment.method != PaymentMethod.BALANCE:
        try:
            gateways.of(refund.payment.method).refund(refund)
        except gateways.NoAnswer:
            logger.warning("refund %s: the gateway did not answer", refund_id)
            return False
    return _mark_done(refund)


@whole_deed
def _mark_done(refund: Refund) -> bool:
    now = clock.now()
    waiting = Refund.objects.filter(pk=refund.pk, done_at__isnull=True)
    if not waiting.update(done_at=now):
        return False
    order = refund.payment.order
    if refund.payment.method == PaymentMethod.BALANCE:
        wallet.credit(
            user_id=order.user_id,
            amount=refund.amount,
            kind=WalletEntry.Kind.REFUND,
            reason=order.number,
        )
    write_event(
        order_id=order.pk,
        kind=OrderEvent.Kind.REFUNDED,
        actor=OrderEvent.Actor.SYSTEM,
        at=now,
        detail=refund.reason,
    )
    return True
