"""Money that goes back the way it came, exactly once."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts import wallet
from accounts.models import WalletEntry
from orders import gateways
from orders.models import AfterSale, OrderEvent, Payment, PaymentMethod, Refund
from orders.refusals import RefundMoved
from orders.services.events import write_event
from shop import clock, journal
from shop.money import plain
from shop.retry import after_commit, whole_deed

logger = logging.getLogger(__name__)

#: Minutes until the next try; the last one is every pause from then on. What keeps a
#: refund from going may pass by itself, or be mended: the shop's account is empty.
PAUSES = (5, 10, 30, 60, 180, 360)


#: Why it did not go the way it came; pages translate it.
TO_BALANCE = "to_balance"


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
    refund = Refund.objects.select_related("payment__order", "after_sale").get(
        pk=refund_id
    )
    pause = timedelta(minutes=PAUSES[min(refund.tries, len(PAUSES) - 1)])
    if not Refund.objects.claim(refund_id, now, now + pause):
        return False
    is_balance = refund.payment.method == PaymentMethod.BALANCE
    if not is_balance and not _has_arrived(refund):
        return False
    return _mark_done(refund)


@whole_deed
def turn_into_balance(*, refund: Refund) -> None:
    """Put money that its gateway refuses into the buyer's wallet instead, once.

    Raises RefundMoved when it went or is being tried just now, and WalletFull.
    """
    if not refund.can_turn_into_balance:
        raise RefundMoved
    if not Refund.objects.turn_into_balance(refund.pk, clock.now()):
        raise RefundMoved
    _credit(refund)
    _write_event(refund, detail=TO_BALANCE)
    note = f"refund {refund.number}: {plain(refund.amount)} to the balance"
    order = refund.payment.order
    journal.record(journal.Kind.REFUND_DECIDED, about=order, note=note)


def _has_arrived(refund: Refund) -> bool:
    error, is_refused, has_arrived = "", False, False
    try:
        has_arrived = gateways.of(refund.payment.method).refund(refund)
    except gateways.NoAnswer as reason:
        error, is_refused = str(reason)[:80], isinstance(reason, gateways.Refused)
        logger.warning("refund %s did not go: %s", refund.pk, error)
    if (error, is_refused) != (refund.error, False):
        waiting = Refund.objects.filter(pk=refund.pk, done_at__isnull=True)
        waiting.update(error=error, is_refused=is_refused)
    return has_arrived


@whole_deed
def _mark_done(refund: Refund) -> bool:
    waiting = Refund.objects.filter(pk=refund.pk, done_at__isnull=True)
    if not waiting.update(done_at=clock.now()):
        return False
    if refund.payment.method == PaymentMethod.BALANCE:
        _credit(refund)
    _write_event(refund, detail=refund.reason)
    return True


def _credit(refund: Refund) -> None:
    wallet.credit(
        user_id=refund.payment.account_id,
        amount=refund.amount,
        kind=WalletEntry.Kind.REFUND,
        reason=refund.payment.target,
        deed=deed_of(refund),
    )


def deed_of(refund: Refund) -> str:
    """Return what the ledger knows a refund by; it can stand there only once."""
    return f"refund-{refund.pk}"


def _write_event(refund: Refund, *, detail: str) -> None:
    if refund.payment.order_id is None:
        return
    request = refund.after_sale
    write_event(
        order_id=refund.payment.order_id,
        item_id=request.item_id if request else None,
        after_sale_id=request.pk if request else None,
        kind=OrderEvent.Kind.REFUNDED,
        actor=OrderEvent.Actor.SYSTEM,
        at=clock.now(),
        detail=detail,
    )
