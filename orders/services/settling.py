"""What is overdue about orders is done before anybody looks at them or acts on them.

So a late visit finds what punctual runs would have left (docs/order-life-cycle.md,
"The clock").
"""

from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from orders.models import Order
from orders.services.closing import close_overdue
from orders.services.receipt import receive_overdue_items
from shop import clock


def settle_order(order_id: int) -> None:
    """Close an order, or receive its items, if that was due by now."""
    close_overdue(order_id)
    receive_overdue_items(order_id)


def settle_orders_of(user: AbstractBaseUser | AnonymousUser) -> None:
    """Do the same for all orders of a shopper."""
    if user.pk:
        settle_accounts([user.pk])


def settle_accounts(account_ids: Collection[int]) -> None:
    """Do the same for all orders of several accounts."""
    now = clock.now()
    own = Order.objects.filter(user__in=list(account_ids))
    overdue = [
        *own.unpaid_by(now).values_list("pay_by", "pk"),
        *own.to_receive_by(now).values_list("receive_by", "pk"),
    ]
    for _due_at, order_id in sorted(overdue):
        settle_order(order_id)
