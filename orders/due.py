"""What the clock does to orders."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from orders import carriers, due_after_sale, due_reminders, forecast
from orders.models import Order, Parcel, Payment, Refund
from orders.models.order_querysets import OrderQuerySet
from orders.next_event import Deed, NextEvent, coming_events
from orders.services import (
    asking,
    closing,
    receipt_timer,
    receiving,
    refunds,
    sales,
    settling,
    tracking,
)
from orders.states import ItemStatus
from shop import due

#: More finders, by subject.
__all__ = ["due_after_sale", "due_reminders", "forecast"]

due.settler("variants")(closing.settle_variants)
due.settler("accounts")(settling.settle_accounts)


@due.task("close_unpaid", is_foreseen=True)
def orders_to_close(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the orders whose time to pay is over."""
    unpaid = Order.objects.unpaid_by(moment).order_by("pay_by", "pk")
    return [
        due.Deed(
            "close_unpaid",
            order.pk,
            event.at,
            partial(closing.close_overdue, order.pk),
            order_number=order.number,
        )
        for order, event in _with_event(unpaid[:limit], Deed.CLOSE, moment)
    ]


@due.task("receive", is_foreseen=True)
def items_to_receive(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the items whose receipt is overdue."""
    shipped = Order.objects.to_receive_by(moment).order_by("receive_by", "pk")
    return [
        due.Deed(
            "receive",
            item.pk,
            event.at,
            partial(receiving.receive_overdue, item_id=item.pk, order_id=order.pk),
            order_number=order.number,
            item_id=str(item.pk),
        )
        for order, event in _with_event(shipped[:limit], Deed.RECEIVE, moment)
        for item in order.items.all()
        if item.status == ItemStatus.SHIPPED
    ]


@due.task("remind", is_foreseen=True)
def buyers_to_remind(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the orders whose buyers should hear that receipt is near."""
    near = Order.objects.to_remind_by(moment).order_by("remind_receipt_at", "pk")
    return [
        due.Deed(
            "remind_receipt",
            # Once for each deadline: more time moves it.
            (order.pk, order.receive_by),
            order.remind_receipt_at or moment,
            partial(receipt_timer.remind, order.pk),
            order_number=order.number,
        )
        for order, _event in _with_event(near[:limit], Deed.RECEIVE, moment)
    ]


@due.task("track")
def parcels_to_ask_about(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the parcels whose carrier is to be asked where they are."""
    if not carriers.tracker().is_available():
        return []
    waiting = Parcel.objects.to_ask_by(moment).select_related("order")
    return [
        due.Deed(
            "track",
            parcel.pk,
            parcel.ask_at or moment,
            # After days of silence once is enough, so it is done as of now.
            partial(tracking.ask_carrier, parcel.pk, moment),
            order_number=parcel.order.number,
        )
        for parcel in waiting[:limit]
    ]


@due.task("refresh", is_foreseen=True)
def sales_to_refresh(moment: datetime, limit: int) -> list[due.Deed]:
    """Find out whether a receipt is older than the thirty days that are counted."""
    due_at = sales.next_refresh()
    if due_at is None or due_at > moment:
        return []
    # After days of silence once is enough, so it is done as of now.
    deed = partial(sales.refresh, moment)
    return [due.Deed("refresh_sales", f"{due_at:%FT%T}", due_at, deed)]


@due.task("ask_gateways")
def refunds_to_send(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the money that is owed back and was not sent yet."""
    waiting = Refund.objects.waiting_at(moment).select_related("payment__order")
    return [
        due.Deed(
            "refund",
            refund.pk,
            moment,
            partial(refunds.send_back, refund.pk),
            order_number=_order_of(refund.payment),
        )
        for refund in waiting[:limit]
    ]


@due.task("ask_gateways")
def payments_to_ask(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the payments of which no gateway has said what became of them."""
    waiting = Payment.objects.to_ask_by(moment).select_related("order")
    return [
        due.Deed(
            "ask_payment",
            payment.pk,
            payment.next_query_at or moment,
            partial(asking.ask, payment.pk),
            order_number=_order_of(payment),
        )
        for payment in waiting[:limit]
    ]


def _with_event(
    orders: OrderQuerySet, deed: Deed, moment: datetime
) -> Iterator[tuple[Order, NextEvent]]:
    """Return the orders to which the clock does this."""
    for order in orders.with_clock():
        for event in coming_events(order, moment):
            if event.deed == deed:
                yield order, event


def _order_of(payment: Payment) -> str:
    return payment.order.number if payment.order else "-"
