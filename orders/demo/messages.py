"""What the first demo shoppers were written and wait for; an order out of sight."""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Alert, Variant
from catalog.services.alerts import ends_at_from
from orders.demo.plan import STATE
from orders.messages import ORDER_PAID, PARCEL_SENT
from orders.models import Carrier, Order, Parcel
from orders.models.order_querysets import OrderQuerySet
from orders.states import OrderStatus
from shop import clock, demo, outbox
from shop.messages import Kind
from shop.models import OutgoingMessage


@demo.step(_("Messages, alerts and hidden orders"))
@transaction.atomic
def load_messages(wishes: demo.Wishes) -> None:
    """Written once: when they were told of the first payment, nothing is added."""
    orders = Order.objects.filter(token__startswith=STATE).select_related("user")
    shoppers = list(User.objects.filter(orders__in=orders).order_by("pk").distinct())
    theirs = OutgoingMessage.objects.filter(account_id__in=[u.pk for u in shoppers])
    paid = orders.exclude(paid_at=None).order_by("pk").first()
    if paid is None or theirs.filter(stored_words__contains=paid.number).exists():
        return
    for at, order, kind, words in sorted(_happened(orders), key=itemgetter(0)):
        _write(kind, order, at, **words)
    # They went out then; nothing leaves now.
    Status = OutgoingMessage.Status
    waiting = theirs.filter(status=Status.WAITING)
    waiting.update(status=Status.SENT, sent_at=F("created_at"))
    # The first shopper has an order in every state to look at.
    closed = orders.filter(status=OrderStatus.CLOSED)
    closed.exclude(user=shoppers[0]).update(hidden_at=clock.now())
    _write_alerts(shoppers)


def _happened(
    orders: OrderQuerySet,
) -> Iterator[tuple[datetime, Order, Kind, dict[str, Any]]]:
    for order in orders.exclude(paid_at=None):
        yield order.paid_at or order.placed_at, order, ORDER_PAID, {}
    for parcel in Parcel.objects.filter(order__in=orders).select_related("order__user"):
        words = {
            "carrier": Carrier(parcel.carrier).label,
            "tracking_number": parcel.tracking_number,
        }
        yield parcel.sent_at, parcel.order, PARCEL_SENT, words


def _write(kind: Kind, order: Order, at: datetime, **words: Any) -> None:
    channel, recipient = order.user.contact
    said = {"number": order.number, **words}
    letter = outbox.Letter(
        channel, recipient, order.language, order.user_id, None, said
    )
    with clock.at(at):
        outbox.write_many(kind, [letter])


def _write_alerts(shoppers: list[User]) -> None:
    now = clock.now()
    sold_out = Variant.objects.filter(stock=0).order_by("pk").first()
    dearest = Variant.objects.filter(stock__gt=0).order_by("-price", "pk").first()
    wanted = [(Alert.Kind.RESTOCK, sold_out), (Alert.Kind.PRICE, dearest)]
    Alert.objects.bulk_create(
        Alert(
            user=user,
            variant=variant,
            kind=kind,
            price=variant.price,
            created_at=now,
            ends_at=ends_at_from(now),
        )
        for user in shoppers
        for kind, variant in wanted
        if variant
    )
