"""Invoices (发票) are asked for, issued, and cancelled; none is ever edited (E11)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.models import AfterSale, Invoice, InvoiceKind, Order
from orders.refusals import InvoiceMoved, OrderClosed
from orders.states import AfterSaleState, OrderStatus
from shop import clock, journal, money
from shop.retry import whole_deed

#: Why an order's invoice is withdrawn by itself; pages translate it.
ORDER_CLOSED = "closed_with_order"
#: Why one over what was paid is, once some of it went back.
LESS = "refunded"
#: Why the buyer's earlier wish is.
ANEW = "asked_anew"


@dataclass(frozen=True)
class InvoiceWish:
    """To whom an invoice shall be made out."""

    title: str
    #: Of a company; empty for a person.
    tax_number: str = ""

    @property
    def kind(self) -> InvoiceKind:
        return InvoiceKind.COMPANY if self.tax_number else InvoiceKind.PERSONAL


def write_request(
    *, order: Order, wish: InvoiceWish, replaces: Invoice | None = None
) -> Invoice:
    """Write the wish for an invoice of an order, inside the caller's transaction."""
    return Invoice.objects.create(
        order=order,
        standing_order=order,
        replaces=replaces,
        kind=wish.kind,
        title=wish.title,
        tax_number=wish.tax_number,
        amount=_left_of(order),
        requested_at=clock.now(),
    )


@whole_deed
def request(*, order: Order, wish: InvoiceWish) -> None:
    """Ask for an invoice of an order that is placed, as its buyer.

    One that is asked for but not issued is cancelled and replaced; one that is issued
    only staff cancel. Raises InvoiceMoved then, and OrderClosed.
    """
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status == OrderStatus.CLOSED:
        raise OrderClosed(_("This order is closed: there is nothing to invoice."))
    old = Invoice.objects.standing_of(locked)
    if old and not Invoice.objects.withdraw(old.pk, reason=ANEW, at=clock.now()):
        raise InvoiceMoved
    write_request(order=locked, wish=wish, replaces=old)


@whole_deed
def issue(*, invoice: Invoice, number: str) -> None:
    """Note that an invoice was issued under the tax office's number.

    Raises InvoiceMoved unless it is requested and its order is paid.
    """
    order = Order.objects.select_for_update().get(pk=invoice.order_id)
    is_paid = order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSED)
    now = clock.now()
    if not is_paid or not Invoice.objects.issue(invoice.pk, number=number, at=now):
        raise InvoiceMoved
    journal.record(journal.Kind.INVOICE_ISSUED, about=order, note=number)


@whole_deed
def cancel(*, invoice: Invoice, reason: str, anew: InvoiceWish | None = None) -> None:
    """Cancel an invoice, and ask for another in its stead where `anew` is given.

    Raises InvoiceMoved when it is cancelled already.
    """
    order = Order.objects.select_for_update().get(pk=invoice.order_id)
    if not Invoice.objects.cancel(invoice.pk, reason=reason, at=clock.now()):
        raise InvoiceMoved
    if anew:
        write_request(order=order, wish=anew, replaces=invoice)
    note = f"{invoice.number or invoice.pk}: {reason}"
    journal.record(journal.Kind.INVOICE_CANCELLED, about=order, note=note)


def withdraw(*, order_id: int, at: datetime) -> None:
    """Cancel what was asked for, with the order that came to nothing."""
    standing = Invoice.objects.filter(standing_order=order_id)
    for pk in standing.values_list("pk", flat=True):
        Invoice.objects.withdraw(pk, reason=ORDER_CLOSED, at=at)


def lessen(*, order: Order, at: datetime) -> None:
    """Ask anew for an invoice that is not issued, over what a refund leaves of it.

    One that is issued only staff cancel, by the tax office's rules.
    """
    standing = Invoice.objects.standing_of(order)
    if standing is None:
        return
    if not Invoice.objects.withdraw(standing.pk, reason=LESS, at=at):
        return
    if _left_of(order):
        wish = InvoiceWish(standing.title, standing.tax_number)
        write_request(order=order, wish=wish, replaces=standing)


def _left_of(order: Order) -> Decimal:
    """Return what an order's buyer paid, or shall pay, and did not get back."""
    granted = AfterSale.objects.about(order.pk).filter(state=AfterSaleState.REFUNDED)
    amounts = granted.order_by("pk").values_list("amount", flat=True)
    return order.total_amount - sum(amounts, money.ZERO)
