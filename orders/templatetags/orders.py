"""How orders, and what happens to them, are said."""

from datetime import datetime

from django import template
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Carrier, Order, OrderEvent, OrderItem
from orders.next_event import NextEvent, next_event
from orders.services.closing import TIMED_OUT
from orders.services.invoices import ANEW, ORDER_CLOSED
from orders.states import OrderStatus
from shop import clock

register = template.Library()

#: What the shop itself writes as a reason. Anything else was typed by somebody.
REASONS = {
    TIMED_OUT: gettext_lazy("not paid in time"),
    "order_closed": gettext_lazy("the money came after the order was closed"),
    "paid_twice": gettext_lazy("it had been paid already"),
    ORDER_CLOSED: gettext_lazy("the order was closed"),
    ANEW: gettext_lazy("asked for anew"),
}

#: How a state looks; the rest is neutral.
LOOKS = {
    OrderStatus.PENDING_PAYMENT: "warning",
    OrderStatus.COMPLETED: "good",
    "received": "good",
    OrderStatus.CLOSED: "silent",
}


@register.filter
def reason_words(reason: str) -> str:
    """Say a reason: the shop's own in the page's language, a typed one as it is."""
    return str(REASONS.get(reason, reason))


@register.filter
def detail_words(event: OrderEvent) -> str:
    """Say the details of an event: the parcel, or the reason."""
    if event.kind == OrderEvent.Kind.SHIPPED:
        carrier, _space, number = event.detail.partition(" ")
        if carrier in Carrier.values:
            return f"{Carrier(carrier).label} {number}"
    return reason_words(event.detail)


@register.filter
def who(event: OrderEvent) -> str:
    """Say to the buyer who did it."""
    return {
        OrderEvent.Actor.BUYER: _("you"),
        OrderEvent.Actor.STAFF: _("the shop"),
    }.get(OrderEvent.Actor(event.actor), _("by itself"))


@register.filter
def status_look(status: str) -> str:
    """Return the badge's colour of an order's or item's state."""
    return LOOKS.get(status, "")


@register.simple_tag
def next_event_of(order: Order) -> NextEvent | None:
    """Return what the clock does next to an order (row M1)."""
    return next_event(order, clock.now())


@register.filter
def time_left(moment: datetime) -> str:
    """Say how long it is until then: `in 2 days, 3 hours`; overdue: any moment."""
    now = clock.now()
    if moment <= now:
        return _("any moment now")
    return _("in %(left)s") % {"left": timeuntil(moment, now)}


@register.filter
def receive_field(item: OrderItem) -> str:
    """Return the id of the password field in an item's dialog; a page has several."""
    return f"receive-{item.pk}-password"
