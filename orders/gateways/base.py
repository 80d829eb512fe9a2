"""What every gateway can do, and how the shop speaks of it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orders.models import Payment, PaymentStatus, Refund
from shop import clock
from shop.https import NoAnswer as NoAnswer

#: A gateway must have a moment for the shopper to pay in; later money goes back.
SHORTEST = timedelta(minutes=2)


class BadNotice(Exception):
    """A notice that is forged, altered, replayed, or about another amount.

    It changes nothing. Its text is the reason, never what the notice says.
    """


class Refused(NoAnswer):
    """The gateway did answer: a signed or final no. What was asked for is not done."""


@dataclass(frozen=True)
class Notice:
    """What a gateway says of a payment, once its signature was found good.

    `status` OPEN: not paid yet, but it may still be.
    """

    payment_number: str
    #: None where nothing was paid.
    amount: Decimal | None
    reference: str
    status: PaymentStatus


@dataclass(frozen=True)
class Addresses:
    """Whole addresses of this shop that a gateway is told, and where the shopper is."""

    #: Where the shopper comes back to.
    page: str
    #: Where its notice goes.
    notify: str
    #: The shopper's network address.
    shopper: str = ""
    #: The browser runs on a phone, from which it can lead into the gateway's own app.
    is_on_phone: bool = False


class Gateway(Protocol):
    """One way for money to come in from outside.

    All that ask the gateway raise NoAnswer; asked again, each does its deed once.
    """

    name: str

    def is_available(self) -> bool:
        """Tell whether shoppers may pay through it now."""

    def start(self, payment: Payment, addresses: Addresses) -> str:
        """Return the address to pay at, or what a QR code has to say."""

    def read_notice(self, request: HttpRequest) -> Notice | None:
        """Return what a notice says; None: it is about nothing that we wait for.

        Raises BadNotice unless its signature is good, and it is for this shop.
        """

    def answer(self, *, is_taken: bool) -> HttpResponse:
        """Return what the gateway wants to hear after a notice."""

    def query(self, payment: Payment) -> Notice:
        """Ask what became of a payment."""

    def refund(self, refund: Refund) -> bool:
        """Send money back; False when it is on its way but has not arrived yet.

        Raises Refused where the gateway says no, which a later try may change.
        """


def plain_answer(*, is_taken: bool) -> HttpResponse:
    """Answer a notice with one word, as several gateways want it."""
    return HttpResponse(
        "success" if is_taken else "fail",
        status=200 if is_taken else 400,
        content_type="text/plain",
    )


def still_open(payment: Payment) -> Notice:
    """Return what a gateway means that does not know a payment yet."""
    return Notice(payment.number, None, "", PaymentStatus.OPEN)


def subject_of(payment: Payment) -> str:
    """Return what the shopper reads at the gateway, without the marks it forbids."""
    return re.sub(r"[/=&\s]+", " ", f"{settings.SHOP_NAME} {payment.target}")[:100]


def closes_at(payment: Payment) -> datetime:
    """Return until when the gateway may take the money, by the machine's time."""
    left = (payment.expires_at or clock.now()) - clock.now()
    return timezone.now() + max(left, SHORTEST)


def code_of(text: object) -> str:
    """Return a gateway's code for an error, if that is what it is."""
    is_code = isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9][\w.:-]{0,79}", text)
    return str(text) if is_code else "no code"
