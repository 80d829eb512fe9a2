"""Many orders sent at once, by a list of tracking numbers (rows F7, I4).

First what each line would do; then just that, line by line: what has changed in the
meantime is refused by itself, and the rest is sent.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError

from orders.carriers import carrier_called, read_number
from orders.models import Carrier, Order, OrderItem
from orders.models import Parcel as SentParcel
from orders.refusals import (
    CannotShip,
    LineMoved,
    LineUnclear,
    NotPaid,
    NumberTaken,
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
from shop import clock
from shop.refusals import Refusal

#: Carriers give a number out again, but not as soon as this.
REUSED_AFTER = timedelta(days=180)
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
class Label:
    """What stands on a parcel, beside its address."""

    carrier: Carrier
    tracking_number: str


@dataclass(frozen=True)
class Parcel:
    """A parcel to send: all that is left of an order."""

    order: Order
    label: Label

    @property
    def carrier(self) -> Carrier:
        return self.label.carrier

    @property
    def tracking_number(self) -> str:
        return self.label.tracking_number

    @property
    def quantities(self) -> dict[int, int]:
        return {item.pk: item.unshipped_quantity for item in _left_of(self.order)}

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

    @property
    def left(self) -> list[OrderItem]:
        """Return what is still to be sent of the order, also while it cannot be."""
        return _left_of(self.order) if self.order and self.order.is_to_ship else []

    @property
    def is_unclear(self) -> bool:
        """Tell whether nothing is wrong with the line but what it does not say yet."""
        return isinstance(self.refusal, LineUnclear)


def look(lines: Iterable[Line]) -> list[Outcome]:
    """Return what each line would do now, and do nothing."""
    listed = list(lines)
    wanted = Order.objects.filter(number__in={line.order_number for line in listed})
    loaded = wanted.with_clock().prefetch_related("parcels")
    orders = {order.number: order for order in loaded}
    labels = [_label_of(line) for line in listed]
    used = _used(label for label in labels if isinstance(label, Label))
    outcomes: list[Outcome] = []
    above: list[Parcel] = []
    for line, label in zip(listed, labels, strict=True):
        order = orders.get(line.order_number)
        try:
            parcel = _parcel(order, label, above)
            _refuse_taken(parcel, above, used)
        except Refusal as refusal:
            outcomes.append(Outcome(line, order, refusal=refusal))
            continue
        above.append(parcel)
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
    except LineMoved as refusal:
        return replace(outcome, refusal=refusal)
    except Refusal as refusal:
        # Somebody was quicker; a fresh look knows with what.
        [now] = look([outcome.line])
        return replace(outcome, refusal=now.refusal or refusal)
    return replace(outcome, is_sent=True)


def _parcel(
    order: Order | None, label: Label | Refusal, above: Sequence[Parcel]
) -> Parcel:
    """Return what a line would send. Raises the refusal that keeps it from that."""
    if order is None:
        raise UnknownOrder
    if any(parcel.order.pk == order.pk for parcel in above):
        raise OrderTwice
    known = {(each.carrier, each.tracking_number) for each in order.parcels.all()}
    # Before its state: after a second click this very parcel is under way.
    if isinstance(label, Label) and (label.carrier, label.tracking_number) in known:
        raise ParcelKnown
    _refuse_unfit(order)
    if isinstance(label, Refusal):
        raise label
    return Parcel(order, label)


def _refuse_unfit(order: Order) -> None:
    if not order.is_to_ship:
        raise REFUSALS[order.status]
    # In one parcel goes all that is left, or nothing: staff look at the order itself.
    if any(hasattr(item, "open_after_sale") for item in _left_of(order)):
        raise RequestOpen


def _left_of(order: Order) -> list[OrderItem]:
    return [item for item in order.items.all() if item.unshipped_quantity]


def _refuse_taken(
    parcel: Parcel, above: Iterable[Parcel], used: Iterable[SentParcel]
) -> None:
    """Raise NumberTaken for a number that is on a parcel to another address.

    Several orders to one address may travel together. A number that really is on two
    parcels is typed on the order's own page.
    """
    others = [each.order for each in above if each.label == parcel.label]
    others += [each.order for each in used if _label_on(each) == parcel.label]
    if any(other.address_mark != parcel.order.address_mark for other in others):
        raise NumberTaken


def _used(labels: Iterable[Label]) -> list[SentParcel]:
    """Return the parcels of late that were sent under one of these numbers."""
    numbers = {label.tracking_number for label in labels}
    since = clock.now() - REUSED_AFTER
    found = SentParcel.objects.filter(tracking_number__in=numbers, sent_at__gte=since)
    return list(found.select_related("order").order_by("pk"))


def _label_on(parcel: SentParcel) -> Label:
    return Label(Carrier(parcel.carrier), parcel.tracking_number)


def _label_of(line: Line) -> Label | Refusal:
    """Return the label that a line names, or what is wrong with it."""
    if not line.carrier or not line.tracking_number:
        return LineUnclear()
    carrier = carrier_called(line.carrier)
    if carrier is None:
        return UnknownCarrier()
    try:
        return Label(carrier, read_number(carrier, line.tracking_number))
    except ValidationError as error:
        return WrongNumber(error.messages[0])
