"""What is overdue about orders is done before anybody looks at them or acts on them.

So a late visit finds what punctual runs would have left (docs/order-life-cycle.md,
"The clock").
"""

from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from orders.models import Order
from orders.next_event import next_event
from orders.services.closing import close_overdue
from orders.services.receipt import receive_overdue_items
from shop import clock


def settle_order(order_id: int) -> None:
    """Close an order, or receive its items, if that was due by now."""
    close_overdue(order_id)
    receive_overdue_items(order_id)


def settle_read(order: Order) -> None:
    """Do the same for an order that was just read; asks nothing if nothing is due."""
    now = clock.now()
    event = next_event(order, now)
    if event and event.at <= now:
        settle_order(order.pk)
        order.refresh_from_db()


def settle_orders_of(user: AbstractBaseUser | AnonymousUser) -> None:
    """Do the same for all orders of a shopper."""
    if user.pk:
        settle_accounts([user.pk])


def settle_accounts(account_ids: Collection[int]) -> None:
    """Do the same for all orders of several accounts."""
    now = clock.now()
    own = Order.objects.filter(user__in=list(account_ids))
    overdue = own.unpaid_by(now) | own.to_receive_by(now)
    rows = overdue.values_list("receive_by", "pay_by", "pk")
    for _receive_by, _pay_by, order_id in sorted(rows, key=lambda x: x[0] or x[1]):
        settle_order(order_id)
