"""How orders, and what happens to them, are said."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template import RequestContext
from django.utils.timesince import timeuntil
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders import gateways
from orders.forms.top_up import TopUpForm
from orders.models import Carrier, Order, OrderEvent, OrderItem, PaymentMethod
from orders.next_event import NextEvent, next_event
from orders.services.closing import TIMED_OUT
from orders.services.invoices import ANEW, ORDER_CLOSED
from orders.states import REFUNDED_IN_FULL, AfterSaleKind, OrderStatus
from shop import clock

register = template.Library()

#: What the shop itself writes as a reason. Anything else was typed by somebody.
REASONS = {
    TIMED_OUT: gettext_lazy("not paid in time"),
    "order_closed": gettext_lazy("the money came after the order was closed"),
    "paid_twice": gettext_lazy("it had been paid already"),
    "wallet_full": gettext_lazy("the wallet could not take that much"),
    "account_closed": gettext_lazy("the account was closed"),
    ORDER_CLOSED: gettext_lazy("the order was closed"),
    ANEW: gettext_lazy("asked for anew"),
    **{kind.value: kind.label for kind in AfterSaleKind},
    REFUNDED_IN_FULL: gettext_lazy("everything was refunded"),
}

#: What a shopper sees beside a way to pay, and is told about it.
ICONS = {
    PaymentMethod.BALANCE: "wallet",
    PaymentMethod.ALIPAY: "credit-card",
    PaymentMethod.WECHAT: "qr-code",
    PaymentMethod.SANDBOX: "settings",
}
HINTS = {
    PaymentMethod.ALIPAY: gettext_lazy("You go to Alipay, pay there and come back."),
    PaymentMethod.WECHAT: gettext_lazy("Scan a code with WeChat on your phone."),
    PaymentMethod.SANDBOX: gettext_lazy("A pretend gateway, in a shop to try only."),
}

#: How a state looks; the rest is neutral.
LOOKS = {
    OrderStatus.PENDING_PAYMENT: "warning",
    OrderStatus.COMPLETED: "good",
    "received": "good",
    OrderStatus.CLOSED: "silent",
}


@register.filter
def method_icon(method: PaymentMethod) -> str:
    """Return the icon of a way to pay."""
    return ICONS[PaymentMethod(method)]


@register.filter
def method_hint(method: PaymentMethod) -> str:
    """Say how a way to pay goes."""
    return str(HINTS.get(PaymentMethod(method), ""))


@register.inclusion_tag("orders/_top_up.html", takes_context=True)
def top_up(context: RequestContext) -> dict[str, Any]:
    """The form that fills the wallet, where the shop has a gateway for it."""
    form = TopUpForm() if gateways.available() else None
    return {"form": form, "csrf_token": context.get("csrf_token")}


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
    if event.kind in (OrderEvent.Kind.EXTENDED, OrderEvent.Kind.RESUMED):
        return ", ".join(_timer_words(event))
    return reason_words(event.detail)


def _timer_words(event: OrderEvent) -> Iterator[str]:
    """Say how many days were added, and until when the timer runs now."""
    days, _space, until = event.detail.rpartition(" ")
    if event.kind == OrderEvent.Kind.EXTENDED and not days:
        days, until = until, ""
    if days:
        yield ngettext("%(days)s more day", "%(days)s more days", int(days)) % {
            "days": days
        }
    if until:
        at = localtime(datetime.fromisoformat(until))
        yield _("until %(at)s") % {"at": f"{at:%Y-%m-%d %H:%M}"}


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
def duration_words(left: timedelta) -> str:
    """Say a length of time: `2 days, 3 hours`."""
    now = clock.now()
    return timeuntil(now + left, now)


@register.filter
def receive_field(item: OrderItem) -> str:
    """Return the id of the password field in an item's dialog; a page has several."""
    return f"receive-{item.pk}-password"
