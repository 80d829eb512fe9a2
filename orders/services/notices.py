"""What gateways say about payments."""

from urllib.parse import urlencode

from django.http import HttpRequest

from orders.gateways.base import BadNotice, Gateway, Notice
from orders.gateways.sandbox import FAILED, SUCCEEDED, Sandbox, reference_of
from orders.models import Payment, PaymentStatus
from orders.services import payment
from shop.money import CENT


def take(gateway: Gateway, request: HttpRequest) -> None:
    """Take a notice. Raises BadNotice when it is forged or does not fit its payment."""
    notice = gateway.read_notice(request)
    if notice is not None:
        apply(gateway.name, notice)


def apply(gateway_name: str, notice: Notice) -> None:
    """Do what a notice says; again it changes nothing. Raises BadNotice."""
    found = (
        Payment.objects.filter(number=notice.payment_number, method=gateway_name)
        .select_related("order")
        .first()
    )
    if found is None:
        raise BadNotice("payment")
    if notice.amount not in (None, found.amount):
        raise BadNotice("amount")
    if notice.status == PaymentStatus.PAID:
        payment.take_success(payment=found, reference=notice.reference)
    elif notice.status == PaymentStatus.FAILED:
        payment.take_failure(payment=found)


# The sandbox, played by the shopper ---------------------------------------------------


def sandbox_notice(tried: Payment) -> str:
    """Return the signed notice of success as the sandbox would send it."""
    return urlencode(Sandbox().notice(tried, SUCCEEDED))


def _send(tried: Payment, status: str, times: int = 1, **changes: object) -> None:
    sandbox = Sandbox()
    for _time in range(times):
        said = sandbox.notice(tried, status, **changes)  # type: ignore[arg-type]
        apply(sandbox.name, sandbox.read(said))


def _lose(tried: Payment) -> None:
    open_one = Payment.objects.filter(pk=tried.pk, status=PaymentStatus.OPEN)
    open_one.update(reference=reference_of(tried))


#: What a shopper may let the sandbox do.
SANDBOX_DEEDS = {
    "succeed": lambda tried: _send(tried, SUCCEEDED),
    "fail": lambda tried: _send(tried, FAILED),
    "repeat": lambda tried: _send(tried, SUCCEEDED, times=3),
    "wrong_amount": lambda tried: _send(tried, SUCCEEDED, amount=tried.amount - CENT),
    "lose": _lose,
}


def play_sandbox(tried: Payment, deed: str) -> None:
    """Let the sandbox send its notice. KeyError for a deed that it does not know.

    Raises BadNotice where the shop refuses it.
    """
    SANDBOX_DEEDS[deed](tried)
