"""What is overdue about orders is done before anybody looks at them or acts on them.

So a late visit finds what punctual runs would have left (docs/order-life-cycle.md,
"The clock").
"""

from collections.abc import Callable, Collection
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from orders.models import AfterSale, Order, OrderItem
from orders.next_event import OF_REQUESTS, Deed, NextEvent, coming_events, next_event
from orders.services.after_sales import deciding
from orders.services.closing import close_overdue
from orders.services.receiving import receive_overdue_items
from shop import clock, due

#: Who does what `next_event` names, to an order by its id.
DEEDS: dict[Deed, Callable[[int], object]] = {
    Deed.CLOSE: close_overdue,
    Deed.RECEIVE: receive_overdue_items,
    **dict.fromkeys(OF_REQUESTS, deciding.decide_overdue_of),
    # The floor above does it.
    Deed.PRAISE: lambda order_id: due.settle("orders", [order_id]),
}


def settle_order(order_id: int) -> None:
    """Do what is due on an order by now, one after the other, each at its moment."""
    now = clock.now()
    # What could not be done is not tried for ever.
    done: set[NextEvent] = set()
    while event := _overdue(order_id, now, done):
        done.add(event)
        with clock.at(event.at):
            DEEDS[event.deed](order_id)


def settle_read(order: Order) -> bool:
    """Do the same for an order just read with its clock; False when nothing is due."""
    now = clock.now()
    event = next_event(order, now)
    if event is None or event.at > now:
        return False
    settle_order(order.pk)
    order.refresh_from_db()
    return True


def settle_orders_of(user: AbstractBaseUser | AnonymousUser) -> None:
    """Do the same for all orders of a shopper."""
    if user.pk:
        settle_accounts([user.pk])


def settle_accounts(account_ids: Collection[int]) -> None:
    """Do the same for all orders of several accounts."""
    now = clock.now()
    own = Order.objects.filter(user__in=list(account_ids))
    asked = AfterSale.objects.filter(item__order__in=own).due_by(now)
    to_praise = OrderItem.objects.to_praise_by(now).filter(order__in=own)
    overdue = [
        *own.unpaid_by(now).values_list("pay_by", "pk"),
        *own.to_receive_by(now).values_list("receive_by", "pk"),
        *asked.values_list("decide_by", "item__order"),
        *to_praise.values_list("praise_at", "order"),
    ]
    for _due_at, order_id in sorted(overdue):
        settle_order(order_id)


def _overdue(order_id: int, now: datetime, done: set[NextEvent]) -> NextEvent | None:
    order = Order.objects.with_clock().get(pk=order_id)
    events = (event for event in coming_events(order, now) if event not in done)
    event = next(events, None)
    return event if event and event.at <= now else None
