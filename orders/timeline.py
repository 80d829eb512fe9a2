"""How what happened to an order is told: to its buyer in plain words (row F2).

Every kind of event has its sentence here, one for each of those who may have done it or
one for all. `%(item)s`, `%(parcel)s` and the other words come from the event.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.templatetags.catalog import words_of
from orders.models import AfterSale, Carrier, Order, OrderEvent
from orders.models.addresses import EventAddress
from orders.services.refunds import TO_BALANCE
from orders.states import REFUNDED_IN_FULL, AfterSaleKind
from orders.templatetags.orders import reason_words

Kind, Actor = OrderEvent.Kind, OrderEvent.Actor
Sentence = str | Promise

#: One sentence for whoever did it, or one for each.
SENTENCES: dict[OrderEvent.Kind, Sentence | dict[OrderEvent.Actor, Sentence]] = {
    Kind.PLACED: gettext_lazy("You placed the order. The goods are kept for you."),
    Kind.PAID: gettext_lazy("Your payment has arrived. We pack your goods now."),
    Kind.SHIPPED: gettext_lazy("We handed a parcel over: %(parcel)s."),
    Kind.NUMBER_CORRECTED: {
        Actor.BUYER: gettext_lazy(
            "You corrected the tracking number of the return, %(old)s. It is %(new)s."
        ),
        Actor.STAFF: gettext_lazy(
            "We had written down a wrong tracking number, %(old)s. It is %(new)s."
        ),
    },
    Kind.REMINDED: gettext_lazy("You asked us to ship soon. We have been told."),
    Kind.ADDRESS_CHANGED: gettext_lazy("You changed where the order goes."),
    Kind.RECEIVED: {
        Actor.BUYER: gettext_lazy("You confirmed receipt of %(item)s."),
        Actor.STAFF: gettext_lazy("The shop noted receipt of %(item)s."),
        Actor.SYSTEM: gettext_lazy(
            "The time to confirm receipt of %(item)s was over, so it was confirmed by "
            "itself."
        ),
    },
    Kind.COMPLETED: gettext_lazy("All that you bought is received. Thank you!"),
    Kind.CLOSED: {
        Actor.BUYER: gettext_lazy("You cancelled the order."),
        Actor.STAFF: gettext_lazy("The shop cancelled the order."),
        Actor.SYSTEM: gettext_lazy("The order was closed by itself."),
    },
    Kind.REFUNDED: gettext_lazy("Your money was sent back the way it came."),
    Kind.REQUEST_OPENED: gettext_lazy("You asked us about %(item)s: %(request)s."),
    Kind.REQUEST_AGREED: {
        Actor.STAFF: gettext_lazy("We agreed that you send %(item)s back."),
        Actor.SYSTEM: gettext_lazy(
            "Nobody answered in time, so it was agreed that you send %(item)s back."
        ),
    },
    Kind.REQUEST_GRANTED: {
        Actor.STAFF: gettext_lazy("We agreed to refund %(amount)s for %(item)s."),
        Actor.SYSTEM: gettext_lazy(
            "Nobody answered in time, so %(amount)s for %(item)s were refunded."
        ),
    },
    Kind.REQUEST_REFUSED: gettext_lazy("We could not agree about %(item)s."),
    Kind.REQUEST_WITHDRAWN: gettext_lazy("You withdrew your request about %(item)s."),
    Kind.REQUEST_EXPIRED: gettext_lazy(
        "%(item)s was not sent back in time, so the request was closed."
    ),
    Kind.GOODS_SENT_BACK: gettext_lazy("You sent %(item)s back: %(parcel)s."),
    Kind.GOODS_CAME_BACK: gettext_lazy("%(item)s has come back to us."),
    Kind.GOODS_MISSING: gettext_lazy("%(item)s has not come back to us."),
    Kind.RETURN_OVERDUE: gettext_lazy(
        "We are late with %(item)s, which you sent back. We have been told."
    ),
    Kind.EXTENDED: {
        Actor.BUYER: gettext_lazy("You took %(days)s to receive the order."),
        Actor.STAFF: gettext_lazy("We gave you %(days)s to receive the order."),
    },
    Kind.FROZEN: gettext_lazy(
        "Automatic receipt stands still until your request is dealt with."
    ),
    Kind.RESUMED: gettext_lazy("Automatic receipt goes on. It comes at %(at)s."),
    Kind.REPLACEMENT_SENT: gettext_lazy("We sent you another %(item)s: %(parcel)s."),
}
#: Sentences that say the shop's own reason, too.
SAID_WITH_REASON: dict[tuple[str, str], Sentence] = {
    (Kind.CLOSED, REFUNDED_IN_FULL): gettext_lazy(
        "Everything was refunded, so the order was closed."
    ),
    (Kind.REFUNDED, TO_BALANCE): gettext_lazy(
        "Your money was put into your balance, because the gateway refused it."
    ),
}
#: Kinds whose details are the reason, typed or the shop's own.
WITH_REASON = {
    Kind.CLOSED,
    Kind.REFUNDED,
    Kind.REQUEST_OPENED,
    Kind.REQUEST_REFUSED,
}
#: Kinds whose details are a carrier and a number.
WITH_PARCEL = {Kind.SHIPPED, Kind.GOODS_SENT_BACK, Kind.REPLACEMENT_SENT}


@dataclass(frozen=True)
class Moment:
    """One thing that happened, ready to be shown."""

    event: OrderEvent
    #: What happened, to the buyer.
    sentence: str
    #: Why; empty where there is nothing to say.
    why: str
    #: The old and the new address, phones masked; mostly empty.
    addresses: list[EventAddress]


def of(order: Order) -> list[Moment]:
    """Return what happened to an order, the newest first."""
    return _moments(order.events.all())


def of_request(request: AfterSale) -> list[Moment]:
    """Return what happened to an after-sale request, the newest first."""
    return _moments(request.events.all())


def sentence_of(event: OrderEvent) -> str:
    """Say to the buyer what happened."""
    with_reason = SAID_WITH_REASON.get((event.kind, event.detail))
    said = with_reason or SENTENCES.get(Kind(event.kind), "")
    if isinstance(said, dict):
        said = said.get(Actor(event.actor), "")
    # Rather the bare name than no page, should somebody do what nobody does.
    return str(said or event.get_kind_display()) % _words(event)


def why_of(event: OrderEvent) -> str:
    """Say why it happened, in the page's language or as it was typed."""
    # A refund's kind of request is no reason; its own sentences tell of that.
    is_told = event.kind == Kind.REFUNDED and event.detail in AfterSaleKind.values
    if is_told or (event.kind, event.detail) in SAID_WITH_REASON:
        return ""
    return reason_words(event.detail) if event.kind in WITH_REASON else ""


def details_of(event: OrderEvent) -> str:
    """Say the details to staff, in full but for what the house masks."""
    if event.kind in WITH_PARCEL:
        return _words(event)["parcel"]
    if event.kind == Kind.GOODS_CAME_BACK:
        return str(AfterSale.Goods(event.detail).label)
    if event.kind == Kind.NUMBER_CORRECTED:
        return "{old} → {new}".format(**_words(event))
    if event.kind == Kind.EXTENDED:
        return _more_days(event)
    if event.kind == Kind.RESUMED:
        return _words(event)["at"]
    if event.kind == Kind.ADDRESS_CHANGED:
        return " → ".join(address.masked for address in _addresses(event))
    return reason_words(event.detail)


def number_words(carrier: str, number: str) -> str:
    """Say a tracking number: `SF Express SF1234567890123`."""
    known = carrier in Carrier.values
    return f"{Carrier(carrier).label} {number}" if known else f"{carrier} {number}"


def _moments(events: "QuerySet[OrderEvent]") -> list[Moment]:
    rows = events.select_related("item", "by", "after_sale")
    rows = rows.prefetch_related("addresses")
    return [_moment(event) for event in rows.order_by("-at", "-pk")]


def _moment(event: OrderEvent) -> Moment:
    return Moment(
        event=event,
        sentence=sentence_of(event),
        why=why_of(event),
        addresses=_addresses(event),
    )


def _words(event: OrderEvent) -> dict[str, str]:
    words = {"item": words_of(event.item, "name") if event.item else _("an item")}
    if event.kind in WITH_PARCEL:
        words["parcel"] = _read(event.detail)
    if event.kind == Kind.REQUEST_GRANTED:
        words["amount"] = event.detail
    if event.kind == Kind.EXTENDED:
        words["days"] = _more_days(event)
    if event.kind == Kind.RESUMED:
        words["at"] = (
            f"{localtime(datetime.fromisoformat(event.detail)):%Y-%m-%d %H:%M}"
        )
    if event.after_sale:
        words["request"] = event.after_sale.get_kind_display()
    if event.kind == Kind.NUMBER_CORRECTED:
        old, _arrow, new = event.detail.partition(" > ")
        words |= {"old": _read(old), "new": _read(new)}
    return words


def _more_days(event: OrderEvent) -> str:
    days = int(event.detail)
    return ngettext("%(days)d more day", "%(days)d more days", days) % {"days": days}


def _read(detail: str) -> str:
    carrier, _space, number = detail.partition(" ")
    return number_words(carrier, number)


def _addresses(event: OrderEvent) -> list[EventAddress]:
    # The old one was written first.
    return sorted(event.addresses.all(), key=lambda address: address.pk)
