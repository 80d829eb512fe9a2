"""Asking gateways about payments left open, so that a lost notice is found."""

import logging
from datetime import datetime, timedelta

from orders import gateways
from orders.models import Payment, PaymentStatus
from orders.services import notices, payment
from shop import clock

logger = logging.getLogger(__name__)

#: Minutes until the next question; the last one is every pause from then on.
PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 240)
#: So long after a payment's end the gateway may still say that it was paid.
LAST_LOOK = timedelta(days=1)
#: A shopper who presses "I have paid" again and again is no reason to ask so often.
SHORTEST_PAUSE = timedelta(seconds=3)


def ask(payment_id: int) -> bool:
    """Ask what became of an open payment, and do it; False: nothing is known yet.

    The gateway is asked outside of any transaction. A payment that nobody paid until a
    day after its end has failed, and is asked for no more.
    """
    now = clock.now()
    asked = Payment.objects.filter(pk=payment_id, status=PaymentStatus.OPEN).first()
    if asked is None or not Payment.objects.claim_query(asked, now, _next(asked, now)):
        return False
    try:
        notice = gateways.of(asked.method).query(asked)
        notices.apply(asked.method, notice)
    except (gateways.NoAnswer, gateways.BadNotice) as reason:
        logger.warning(
            "payment %s: %s does not say: %s", asked.number, asked.method, reason
        )
        return False
    if notice.status == PaymentStatus.OPEN and _is_over(asked, now):
        payment.take_failure(payment=asked)
        return True
    return notice.status != PaymentStatus.OPEN


def ask_for_shopper(waiting: Payment) -> None:
    """Ask now, because somebody waits for it, unless that was done just before."""
    asked_at = waiting.asked_at
    if asked_at is None or clock.now() - asked_at >= SHORTEST_PAUSE:
        ask(waiting.pk)


def _next(asked: Payment, now: datetime) -> datetime:
    pause = timedelta(minutes=PAUSES[min(asked.queries, len(PAUSES) - 1)])
    end = _end_of(asked)
    return min(now + pause, end) if now < end else now + pause


def _is_over(asked: Payment, now: datetime) -> bool:
    return now >= _end_of(asked)


def _end_of(asked: Payment) -> datetime:
    return (asked.expires_at or asked.created_at) + LAST_LOOK
