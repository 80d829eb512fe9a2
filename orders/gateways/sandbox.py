"""A gateway to try the shop with, in DEBUG only; it signs its notices like a real one.

A notice is a form with the fields below and `sign`: an HMAC-SHA256, under a key made
from the SECRET_KEY, over the other fields sorted by name as `name=value`, joined by &.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.gateways.base import Addresses, BadNotice, Notice, plain_answer, still_open
from orders.models import Payment, PaymentStatus, Refund
from shop import money

FIELDS = ("amount", "payment", "reference", "status")
SUCCEEDED, FAILED = "succeeded", "failed"


class Sandbox:
    name = "sandbox"

    def is_available(self) -> bool:
        # It gives goods for nothing, so a real shop has no such door.
        return bool(settings.DEBUG)

    def start(self, payment: Payment, addresses: Addresses) -> str:
        return reverse("orders:sandbox", args=[payment.number])

    def read_notice(self, request: HttpRequest) -> Notice | None:
        return self.read(request.POST)

    def read(self, fields: Mapping[str, str]) -> Notice:
        """Return what a notice's fields say. Raises BadNotice."""
        said = {field: fields.get(field, "") for field in FIELDS}
        if not constant_time_compare(fields.get("sign", ""), _sign(said)):
            raise BadNotice("signature")
        try:
            amount = Decimal(said["amount"])
        except InvalidOperation as error:
            raise BadNotice("amount") from error
        has_succeeded = said["status"] == SUCCEEDED
        return Notice(
            payment_number=said["payment"],
            amount=amount,
            reference=said["reference"],
            status=PaymentStatus.PAID if has_succeeded else PaymentStatus.FAILED,
        )

    def answer(self, *, is_taken: bool) -> HttpResponse:
        return plain_answer(is_taken=is_taken)

    def query(self, payment: Payment) -> Notice:
        """A reference is on an open payment whose notice the player let get lost."""
        if not payment.reference:
            return still_open(payment)
        return Notice(
            payment.number, payment.amount, payment.reference, PaymentStatus.PAID
        )

    def refund(self, refund: Refund) -> bool:
        """Nothing was taken, so nothing has to move."""
        return True

    def notice(
        self, payment: Payment, status: str, *, amount: Decimal | None = None
    ) -> dict[str, str]:
        """Return the signed fields that this gateway would send about a payment."""
        said = {
            "amount": money.plain(payment.amount if amount is None else amount),
            "payment": payment.number,
            "reference": reference_of(payment),
            "status": status,
        }
        return {**said, "sign": _sign(said)}


def reference_of(payment: Payment) -> str:
    """Return the sandbox's own number of a payment."""
    return f"SB{payment.pk:010}"


def _sign(said: dict[str, str]) -> str:
    text = "&".join(f"{field}={said[field]}" for field in sorted(said))
    return salted_hmac("orders.gateways.sandbox", text, algorithm="sha256").hexdigest()
