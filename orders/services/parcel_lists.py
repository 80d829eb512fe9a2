"""Many orders sent at once, by a list of tracking numbers (rows F7, I4).

First what each line would do; then just that, line by line: what has changed in the
meantime is refused by itself, and the rest is sent.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from django.core.exceptions import ValidationError

from orders.carriers import carrier_called, read_number
from orders.models import Carrier, Order, OrderItem
from orders.refusals import (
    CannotShip,
    LineMoved,
    LineUnclear,
    NotPaid,
    OrderTwice,
    ParcelKnown,
    RequestOpen,
    ShippedAlready,
    UnknownCarrier,
    UnknownOrder,
    WrongNumber,
)
from orders.services import settling, shipping
from orders.states import OrderStatus
from shop.refusals import Refusal

#: Why an order in such a state is not sent.
REFUSALS: dict[str, type[Refusal]] = {
    OrderStatus.PENDING_PAYMENT: NotPaid,
    OrderStatus.SHIPPED: ShippedAlready,
    OrderStatus.COMPLETED: ShippedAlready,
    OrderStatus.CLOSED: CannotShip,
}


@dataclass(frozen=True)
class Line:
    """A line as it was typed; `place` counts from 1."""

    place: int
    order_number: str
    carrier: str
    tracking_number: str


@dataclass(frozen=True)
class Parcel:
    """A parcel to send: all that is left of an order."""

    order: Order
    carrier: Carrier
    tracking_number: str

    @property
    def items(self) -> list[OrderItem]:
        return [item for item in self.order.items.all() if item.unshipped_quantity]

    @property
    def quantities(self) -> dict[int, int]:
        return {item.pk: item.unshipped_quantity for item in self.items}

    @property
    def mark(self) -> str:
        """Tells this parcel from any other: another number, address or content."""
        said = [
            self.order.pk,
            self.carrier.value,
            self.tracking_number,
            self.order.address_mark,
            sorted(self.quantities.items()),
        ]
        return sha256(repr(said).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Outcome:
    """What a line does: a parcel, or a refusal."""

    line: Line
    order: Order | None
    parcel: Parcel | None = None
    refusal: Refusal | None = None
    is_sent: bool = False


def look(lines: Iterable[Line]) -> list[Outcome]:
    """Return what each line would do now, and do nothing."""
    listed = list(lines)
    wanted = Order.objects.filter(number__in={line.order_number for line in listed})
    loaded = wanted.with_clock().prefetch_related("parcels")
    orders = {order.number: order for order in loaded}
    outcomes: list[Outcome] = []
    sent: set[str] = set()
    for line in listed:
        order = orders.get(line.order_number)
        try:
            parcel = _parcel(line, order, sent)
        except Refusal as refusal:
            outcomes.append(Outcome(line, order, refusal=refusal))
            continue
        sent.add(line.order_number)
        outcomes.append(Outcome(line, order, parcel))
    return outcomes


def send(lines: Iterable[Line], *, seen: Collection[str], by_id: int) -> list[Outcome]:
    """Send what the lines say, each in a transaction of its own; return what was done.

    `seen` are the marks of the parcels that staff looked at: no other one is sent.
    """
    return [_sent(outcome, seen, by_id) for outcome in look(lines)]


def _sent(outcome: Outcome, seen: Collection[str], by_id: int) -> Outcome:
    parcel = outcome.parcel
    if parcel is None:
        return outcome
    try:
        if parcel.mark not in seen:
            raise LineMoved
        settling.settle_order(parcel.order.pk)
        shipping.ship(
            order_id=parcel.order.pk,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            quantities=parcel.quantities,
            by_id=by_id,
            address_mark=parcel.order.address_mark,
        )
    except Refusal as refusal:
        return replace(outcome, refusal=refusal)
    return replace(outcome, is_sent=True)


def _parcel(line: Line, order: Order | None, sent: Collection[str]) -> Parcel:
    """Return what a line would send. Raises the refusal that keeps it from that."""
    order = _to_ship(order)
    if order.number in sent:
        raise OrderTwice
    if not line.carrier or not line.tracking_number:
        raise LineUnclear
    carrier = carrier_called(line.carrier)
    if carrier is None:
        raise UnknownCarrier
    number = _read(carrier, line.tracking_number)
    known = [(each.carrier, each.tracking_number) for each in order.parcels.all()]
    if (carrier.value, number) in known:
        raise ParcelKnown
    return Parcel(order, carrier, number)


def _to_ship(order: Order | None) -> Order:
    if order is None:
        raise UnknownOrder
    if not order.is_to_ship:
        raise REFUSALS[order.status]
    left = [item for item in order.items.all() if item.unshipped_quantity]
    # In one parcel goes all that is left, or nothing: staff look at the order itself.
    if any(hasattr(item, "open_after_sale") for item in left):
        raise RequestOpen
    return order


def _read(carrier: Carrier, typed: str) -> str:
    try:
        return read_number(carrier, typed)
    except ValidationError as error:
        raise WrongNumber(error.messages[0]) from error
