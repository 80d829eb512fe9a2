"""A gateway to try the shop with, in DEBUG only; it signs its notices like a real one.

A notice is a form with the fields below and `sign`: an HMAC-SHA256, under a key made
from the SECRET_KEY, over the other fields sorted by name as `name=value`, joined by &.
"""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.gateways.base import BadNotice, Notice
from orders.models import Payment, Refund
from shop import money

FIELDS = ("amount", "payment", "reference", "status")
SUCCEEDED, FAILED = "succeeded", "failed"


class Sandbox:
    name = "sandbox"

    def start(self, payment: Payment) -> str:
        return reverse("orders:sandbox", args=[payment.number])

    def read_notice(self, request: HttpRequest) -> Notice:
        said = {field: request.POST.get(field, "") for field in FIELDS}
        if not constant_time_compare(request.POST.get("sign", ""), _sign(said)):
            raise BadNotice("signature")
        try:
            amount = Decimal(said["amount"])
        except InvalidOperation as error:
            raise BadNotice("amount") from error
        return Notice(
            payment_number=said["payment"],
            amount=amount,
            reference=said["reference"],
            has_succeeded=said["status"] == SUCCEEDED,
        )

    def refund(self, refund: Refund) -> None:
        """Nothing was taken, so nothing has to move."""

    def notice(
        self, payment: Payment, status: str, *, amount: Decimal | None = None
    ) -> dict[str, str]:
        """Return the signed fields that this gateway would send about a payment."""
        said = {
            "amount": money.plain(payment.amount if amount is None else amount),
            "payment": payment.number,
            "reference": f"SB{payment.pk:010}",
            "status": status,
        }
        return {**said, "sign": _sign(said)}


def _sign(said: dict[str, str]) -> str:
    text = "&".join(f"{field}={said[field]}" for field in sorted(said))
    return salted_hmac("orders.gateways.sandbox", text, algorithm="sha256").hexdigest()
