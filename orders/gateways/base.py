"""What every gateway can do."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.http import HttpRequest

from orders.models import Payment, Refund


class BadNotice(Exception):
    """A notice that is forged, altered, or about another amount. It changes nothing."""


class NoAnswer(Exception):
    """The gateway did not answer, or not clearly; it is asked again later."""


@dataclass(frozen=True)
class Notice:
    """What a gateway says of a payment, once its signature was found good."""

    payment_number: str
    amount: Decimal
    reference: str
    has_succeeded: bool


class Gateway(Protocol):
    """One way for money to come in from outside."""

    name: str

    def start(self, payment: Payment) -> str:
        """Return the address that the shopper goes to, to pay."""

    def read_notice(self, request: HttpRequest) -> Notice:
        """Return what a notice says. Raises BadNotice unless its signature is good."""

    def refund(self, refund: Refund) -> None:
        """Send a refund's money back. Raises NoAnswer; asked again it pays once."""
