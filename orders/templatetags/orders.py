"""How orders, and what happens to them, are said."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.template import RequestContext
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from orders import gateways
from orders.forms.checkout import NewAddressForm
from orders.forms.invoices import InvoiceFields
from orders.forms.top_up import TopUpForm
from orders.models import (
    AfterSale,
    Order,
    OrderEvent,
    OrderItem,
    PaymentMethod,
)
from orders.next_event import NextEvent, next_event
from orders.services.after_sales.rules import Offer, offer_of
from orders.services.closing import TIMED_OUT
from orders.services.invoices import ANEW, LESS, ORDER_CLOSED
from orders.services.refunds import TO_BALANCE
from orders.states import REFUNDED_IN_FULL, AfterSaleKind, AfterSaleState, OrderStatus
from shop import clock
from shop.money import ZERO

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
    LESS: gettext_lazy("some of it was refunded"),
    TO_BALANCE: gettext_lazy("to the balance, because the gateway refused"),
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
PHONE_HINTS = {
    PaymentMethod.WECHAT: gettext_lazy("WeChat opens; you pay there and come back."),
}

#: How a state looks; the rest is neutral.
LOOKS = {
    OrderStatus.PENDING_PAYMENT: "warning",
    OrderStatus.COMPLETED: "good",
    "received": "good",
    AfterSaleState.REQUESTED: "warning",
    AfterSaleState.RETURN_GOODS: "warning",
    AfterSaleState.REFUNDED: "good",
    AfterSaleState.EXCHANGED: "good",
    AfterSaleState.REFUSED: "silent",
    OrderStatus.CLOSED: "silent",
}


#: What each kind of request means, before it is asked for.
OFFERS = {
    AfterSaleKind.REFUND_ONLY: gettext_lazy(
        "Your money back for goods that you did not get."
    ),
    AfterSaleKind.RETURN_AND_REFUND: gettext_lazy(
        "You send the goods back and get your money for them."
    ),
    AfterSaleKind.EXCHANGE: gettext_lazy(
        "You send what has a fault back and get another one."
    ),
}
#: What a request waits for, as its buyer reads it.
STEPS = {
    AfterSaleState.REQUESTED: gettext_lazy("The shop looks at your request."),
    AfterSaleState.REFUSED: gettext_lazy(
        "The shop could not agree. If you see it differently, ask again and say why."
    ),
    AfterSaleState.RETURN_GOODS: gettext_lazy(
        "The shop agrees. Now send the goods back and enter the tracking number."
    ),
    AfterSaleState.RETURNING: gettext_lazy(
        "The goods are on their way. The shop confirms when they have arrived."
    ),
    AfterSaleState.REFUNDED: gettext_lazy("Your money goes back the way you paid."),
    AfterSaleState.EXCHANGED: gettext_lazy("Your replacement is on its way."),
    AfterSaleState.CLOSED: gettext_lazy("The request is closed; nothing was changed."),
}
ARRIVED = gettext_lazy("The goods have arrived. The shop sends the replacement next.")


@register.simple_tag
def offer_for(item: OrderItem) -> Offer | None:
    """Return what may be asked for about an item now, if anything."""
    return offer_of(item, clock.now())


@register.simple_tag
def refunded_of(items: Iterable[OrderItem]) -> Decimal:
    """Return what was refunded of an order's items, loaded with their requests."""
    return sum(
        (
            asked.amount
            for item in items
            for asked in item.after_sales.all()
            if asked.state == AfterSaleState.REFUNDED
        ),
        ZERO,
    )


@register.filter
def offer_words(offer: Offer) -> str:
    """Say what a kind of request means."""
    return str(OFFERS[offer.kind])


@register.filter
def step_words(request: AfterSale) -> str:
    """Say what a request waits for."""
    if request.waits_for_replacement:
        return str(ARRIVED)
    return str(STEPS[AfterSaleState(request.state)])


@register.filter
def method_icon(method: PaymentMethod) -> str:
    """Return the icon of a way to pay."""
    return ICONS[PaymentMethod(method)]


@register.filter
def method_hint(method: PaymentMethod, is_on_phone: bool = False) -> str:
    """Say how a way to pay goes."""
    hints = HINTS | PHONE_HINTS if is_on_phone else HINTS
    return str(hints.get(PaymentMethod(method), ""))


@register.inclusion_tag("orders/_top_up.html", takes_context=True)
def top_up(context: RequestContext) -> dict[str, Any]:
    """The form that fills the wallet, where the shop has a gateway for it."""
    form = TopUpForm() if gateways.available() else None
    return {"form": form, "csrf_token": context.get("csrf_token")}


@register.filter
def percent_off(percent: int) -> str:
    """Say what a percentage takes off: 5 is "5% off".

    Chinese shoppers read what is left, in tenths: 95折, and of 20 per cent 8折.
    """
    is_chinese = (get_language() or "").startswith("zh")
    number = _tenths(100 - percent) if is_chinese else str(percent)
    return pgettext("coupon", "%(number)s%% off") % {"number": number}


def _tenths(left: int) -> str:
    return f"0.{left}" if left < 10 else str(left).removesuffix("0")


@register.filter
def reason_words(reason: str) -> str:
    """Say a reason: the shop's own in the page's language, a typed one as it is."""
    return str(REASONS.get(reason, reason))


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
    return _("in %(left)s") % {"left": duration_words(moment - now)}


@register.filter
def duration_words(left: timedelta) -> str:
    """Say a length of time: `2 days 3 hours`, `40 minutes`."""
    if left < timedelta(minutes=1):
        return _("less than a minute")
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    lengths = [
        (days, ngettext("%(number)d day", "%(number)d days", days)),
        (hours, ngettext("%(number)d hour", "%(number)d hours", hours)),
        (minutes, ngettext("%(number)d minute", "%(number)d minutes", minutes)),
    ]
    while len(lengths) > 1 and not lengths[0][0]:
        lengths.pop(0)
    # The largest, and what is left of it, if anything.
    shown = lengths[:1] + [each for each in lengths[1:2] if each[0]]
    return " ".join(words % {"number": number} for number, words in shown)


@register.simple_tag
def blank_address_form() -> NewAddressForm:
    """Return the form for a new address, where nothing was typed yet."""
    return NewAddressForm()


@register.simple_tag
def blank_invoice_fields() -> InvoiceFields:
    """Return the fields of an invoice, where nothing was chosen yet."""
    return InvoiceFields()


@register.filter
def receive_field(item: OrderItem) -> str:
    """Return the id of the password field in an item's dialog; a page has several."""
    return f"receive-{item.pk}-password"
