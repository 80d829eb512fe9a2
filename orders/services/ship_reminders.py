"""The buyer asks when the parcel leaves; staff see it (row F9)."""

from datetime import timedelta

from django.db.models import Q

from orders.models import Order, OrderEvent
from orders.refusals import NothingToShip, RemindedAlready
from orders.services.events import write_event
from orders.services.settling import settle_order
from shop import clock, policy
from shop.retry import whole_deed


def can_be_reminded(order: Order) -> bool:
    """Tell whether the buyer may press the button now."""
    return order.is_to_ship and _last_before_pause(order)


def remind_to_ship(*, order_id: int) -> None:
    """Note that the buyer asked to ship soon, once in so many hours (a rule).

    Raises NothingToShip, or RemindedAlready.
    """
    settle_order(order_id)
    _remind(order_id)


@whole_deed
def _remind(order_id: int) -> None:
    now = clock.now()
    long_ago = Q(ship_reminded_at=None) | Q(ship_reminded_at__lte=now - _pause())
    waiting = Order.objects.to_ship().filter(pk=order_id)
    if not waiting.filter(long_ago).update(ship_reminded_at=now):
        raise RemindedAlready if waiting.exists() else NothingToShip
    write_event(
        order_id=order_id,
        kind=OrderEvent.Kind.REMINDED,
        actor=OrderEvent.Actor.BUYER,
        at=now,
    )


def _last_before_pause(order: Order) -> bool:
    last = order.ship_reminded_at
    return last is None or last <= clock.now() - _pause()


def _pause() -> timedelta:
    return timedelta(hours=policy.whole("ship_reminder_hours"))
