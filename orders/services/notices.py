"""What gateways say about payments."""

from urllib.parse import urlencode

from django.http import HttpRequest

from orders.gateways.base import BadNotice, Gateway, Notice
from orders.gateways.sandbox import FAILED, SUCCEEDED, Sandbox
from orders.models import Payment
from orders.services import payment


def take(gateway: Gateway, request: HttpRequest) -> None:
    """Take a notice. Raises BadNotice when it is forged or does not fit its payment."""
    apply(gateway.name, gateway.read_notice(request))


def apply(gateway_name: str, notice: Notice) -> None:
    """Do what a notice says; again it changes nothing. Raises BadNotice."""
    found = Payment.objects.filter(
        number=notice.payment_number, method=gateway_name
    ).first()
    if found is None:
        raise BadNotice("payment")
    if found.amount != notice.amount:
        raise BadNotice("amount")
    if notice.has_succeeded:
        payment.take_success(payment=found, reference=notice.reference)
    else:
        payment.take_failure(payment=found)


def sandbox_notice(tried: Payment) -> str:
    """Return the signed notice of success as the sandbox would send it."""
    return urlencode(Sandbox().notice(tried, SUCCEEDED))


#: What a shopper may let the sandbox say.
SANDBOX_DEEDS = {"succeed": SUCCEEDED, "fail": FAILED}


def play_sandbox(tried: Payment, deed: str) -> None:
    """Let the sandbox send its notice. KeyError for a deed that it does not know."""
    status = SANDBOX_DEEDS[deed]
    said = Sandbox().notice(tried, status)
    apply(
        Sandbox.name,
        Notice(
            payment_number=said["payment"],
            amount=tried.amount,
            reference=said["reference"],
            has_succeeded=status == SUCCEEDED,
        ),
    )
