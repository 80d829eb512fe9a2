"""What the clock does to orders."""

from datetime import datetime
from functools import partial

from orders import due_reminders
from orders.models import Order, OrderItem, Payment, Refund
from orders.services import asking, closing, receipt, refunds, sales, settling
from orders.states import ItemStatus
from shop import due

#: More of what the clock does, by subject.
__all__ = ["due_reminders"]

due.settler("variants")(closing.settle_variants)
due.settler("accounts")(settling.settle_accounts)


@due.task("close_unpaid")
def orders_to_close(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the orders whose time to pay is over."""
    overdue = Order.objects.unpaid_by(moment).order_by("pay_by", "pk")
    return [
        due.Deed(
            "close_unpaid",
            pk,
            pay_by,
            partial(closing.close_overdue, pk),
            order_number=number,
        )
        for pk, number, pay_by in overdue.values_list("pk", "number", "pay_by")[:limit]
    ]


@due.task("receive")
def items_to_receive(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the items whose receipt is overdue."""
    items = OrderItem.objects.filter(
        status=ItemStatus.SHIPPED, order__in=Order.objects.to_receive_by(moment)
    ).select_related("order")
    return [
        due.Deed(
            "receive",
            item.pk,
            item.order.receive_by or moment,
            partial(receipt.receive_overdue, item_id=item.pk, order_id=item.order_id),
            order_number=item.order.number,
            item_id=str(item.pk),
        )
        for item in items.order_by("order__receive_by", "pk")[:limit]
    ]


@due.task("refresh")
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


def _order_of(payment: Payment) -> str:
    return payment.order.number if payment.order else "-"
