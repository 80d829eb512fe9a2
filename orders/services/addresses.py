"""Where an order goes, changed by its buyer before it is shipped (row F10)."""

from dataclasses import asdict
from datetime import datetime

from accounts.services.addresses import Place
from orders.models import ADDRESS, EventAddress, Order, OrderEvent
from orders.refusals import AddressFixed, AddressUsedUp
from orders.services.events import write_event
from orders.services.settling import settle_order
from orders.states import OrderStatus
from shop import clock
from shop.retry import whole_deed


def refuse_unless_changeable(order: Order) -> None:
    """Raise AddressFixed or AddressUsedUp unless the address may be changed now.

    While the order is unpaid, as often as one likes; once after it is paid.
    """
    if order.status == OrderStatus.PENDING_PAYMENT:
        return
    if order.status != OrderStatus.PAID:
        raise AddressFixed
    if order.address_changed_at is not None:
        raise AddressUsedUp


def can_be_changed(order: Order) -> bool:
    """Tell the same, for the page."""
    try:
        refuse_unless_changeable(order)
    except (AddressFixed, AddressUsedUp):
        return False
    return True


def change_address(*, order_id: int, place: Place) -> bool:
    """Send an order elsewhere; both addresses stay in its history.

    The same address again changes nothing, counts as no change and returns False.
    Raises AddressFixed or AddressUsedUp.
    """
    settle_order(order_id)
    return _change(order_id, place)


@whole_deed
def _change(order_id: int, place: Place) -> bool:
    order = Order.objects.select_for_update().get(pk=order_id)
    refuse_unless_changeable(order)
    old = Place(**{name: str(getattr(order, name)) for name in ADDRESS})
    if old == place:
        return False
    now = clock.now()
    counted = {} if order.paid_at is None else {"address_changed_at": now}
    Order.objects.filter(pk=order_id).update(**asdict(place), **counted)
    _write_both(order_id, old, place, now)
    return True


def _write_both(order_id: int, old: Place, new: Place, now: datetime) -> None:
    event = write_event(
        order_id=order_id,
        kind=OrderEvent.Kind.ADDRESS_CHANGED,
        actor=OrderEvent.Actor.BUYER,
        at=now,
    )
    for role, place in ((EventAddress.Role.OLD, old), (EventAddress.Role.NEW, new)):
        EventAddress.objects.create(event=event, role=role, **asdict(place))
