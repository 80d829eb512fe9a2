"""Payments through a gateway, from the click until the gateway has told their end."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError

from orders import gateways
from orders.models import Payment
from orders.refusals import GatewayAway
from shop import clock
from shop.retry import whole_deed

logger = logging.getLogger(__name__)

#: When the gateway is first asked whether its notice was lost.
FIRST_QUESTION = timedelta(minutes=1)


def new_number() -> str:
    """Return a number for a payment that nobody can guess."""
    return secrets.token_hex(16)


def go_on_or_begin(*, open_key: str, expires_at: datetime, **columns: Any) -> Payment:
    """Return the open payment under this key, or write it; five clicks are one."""
    now = clock.now()
    columns |= {"open_key": open_key, "expires_at": expires_at, "created_at": now}
    open_ones = Payment.objects.filter(open_key=open_key, expires_at__gt=now)
    if payment := open_ones.first():
        return payment
    try:
        return _begin(columns, now)
    except IntegrityError:
        payment = open_ones.first()
        if payment is None:  # it was no other click that was quicker
            raise
        return payment


@whole_deed
def _begin(columns: dict[str, Any], now: datetime) -> Payment:
    # What the gateway takes no money for any more keeps nobody from a new try.
    over = Payment.objects.filter(open_key=columns["open_key"], expires_at__lte=now)
    over.update(open_key=None)
    return Payment.objects.create(
        number=new_number(), next_query_at=now + FIRST_QUESTION, **columns
    )


def start(*, payment: Payment, addresses: gateways.Addresses) -> None:
    """Ask the gateway where the shopper can pay, and keep that.

    Outside of any transaction; asked again it is the same payment. Raises GatewayAway.
    """
    try:
        payment.pay_url = gateways.of(payment.method).start(payment, addresses)
    except gateways.NoAnswer as reason:
        logger.warning(
            "payment %s: %s did not begin it: %s",
            payment.number,
            payment.method,
            reason,
        )
        raise GatewayAway from None
    Payment.objects.filter(pk=payment.pk).update(pay_url=payment.pay_url)
