"""Reminding a buyer once: to pay before the order closes, to review what came (row H5).

Who does it meanwhile, or whose account is closed, is left in peace. The clock finds
whom to remind by what is so at the moment of its run; so a run that comes too late
reminds nobody of what is over.
"""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from orders.messages import tell_buyer
from orders.models import Order
from orders.reminder_messages import (
    PAY_REMINDER,
    REVIEW_REMINDER,
    REVIEWS,
    UNPAID,
)
from shop import clock, links
from shop.retry import whole_deed


@whole_deed
def remind_to_pay(*, order_id: int, moment: datetime) -> bool:
    """Remind the buyer of an order that is unpaid at this moment; tell if so."""
    order = Order.objects.filter(pk=order_id).select_for_update().first()
    waiting = Order.objects.to_pay_at(moment, topic=UNPAID.name)
    if order is None or not waiting.filter(pk=order_id).exists():
        return False
    tell_buyer(
        PAY_REMINDER,
        order_id,
        # The message may wait for its gateway; nobody pays a closed order.
        expires_at=order.pay_by,
        time=f"{localtime(order.pay_by):%m-%d %H:%M}",
        address=_address(order, "order-pay"),
    )
    Order.objects.filter(pk=order_id).update(pay_reminded_at=clock.now())
    return True


@whole_deed
def remind_to_review(*, order_id: int, moment: datetime) -> bool:
    """Remind the buyer of an order with items to review at this moment; tell if so."""
    order = Order.objects.filter(pk=order_id).select_for_update().first()
    waiting = Order.objects.to_review_at(moment, topic=REVIEWS.name)
    if order is None or not waiting.filter(pk=order_id).exists():
        return False
    tell_buyer(REVIEW_REMINDER, order_id, address=_address(order, "order-detail"))
    Order.objects.filter(pk=order_id).update(review_reminded_at=clock.now())
    return True


def _address(order: Order, name: str) -> str:
    with translation.override(order.language):
        return links.absolute(reverse(f"orders:{name}", args=[order.number]))
