"""What a granted request does to money, goods, sales and its order: once, in one piece.

Part of the transaction of whoever grants it; the order is locked.
"""

from datetime import datetime

from django.db.models import F

from orders.messages import REFUND_GRANTED, tell_buyer
from orders.models import AfterSale, Order, OrderEvent, OrderItem, PaymentStatus
from orders.refusals import RequestMoved
from orders.services import invoices, progress, refunds, sales
from orders.services.after_sales.goods import Fate, put_away
from orders.services.after_sales.history import Decider, write
from orders.services.after_sales.rules import Worth, worth_of
from orders.states import AfterSaleState, ItemStatus
from shop import changes, clock, journal
from shop.money import plain, shown

#: Followers hear the ids of items that were refunded in full after their receipt.
TOPIC = "refunded_items"


def grant(
    request: AfterSale, order: Order, decider: Decider, fate: Fate | None = None
) -> None:
    """Refund what a request asks for. `fate`: what becomes of the goods, once known.

    Units that were never sent go back on the shelf unless staff say otherwise. Raises
    RequestMoved when it was decided already.
    """
    at = clock.now()
    items = {item.pk: item for item in order.items.in_order()}
    item = items[request.item_id]
    item.order = order
    worth = worth_of(item, request, items.values())
    _finish(request, worth, at)
    _write_item(item, request, worth)
    # First of all that follows: the history is read from top to bottom.
    _tell(request, order, decider, worth, at)
    if request.is_before_shipping:
        fate = fate or Fate(AfterSale.Goods.RESTOCKED)
    if fate:
        put_away(request, item, order.number, fate, decider.by_id)
    if item.received_at:
        sales.count_return(item, request.quantity)
    if item.received_at and not item.kept_quantity:
        changes.changed(TOPIC, [item.pk])
    progress.follow_refund(order.pk, decider.actor, at)
    progress.settle_timer(order.pk, at)
    invoices.lessen(order=order, at=at)
    _owe(request, order, worth)


def _finish(request: AfterSale, worth: Worth, at: datetime) -> None:
    granted = AfterSale.objects.move(
        request.pk,
        AfterSaleState.REFUNDED,
        amount=worth.total,
        freight_amount=worth.freight,
        answered_at=request.answered_at or at,
        finished_at=at,
    )
    if not granted:
        raise RequestMoved


def _write_item(item: OrderItem, request: AfterSale, worth: Worth) -> None:
    unsent = request.quantity if request.is_before_shipping else 0
    item.refunded_quantity += request.quantity
    item.refunded_amount += worth.goods
    item.cancelled_quantity += unsent
    if not item.kept_quantity:
        item.status = ItemStatus.REFUNDED
    elif unsent and not item.unshipped_quantity:
        item.status = ItemStatus.SHIPPED
    OrderItem.objects.filter(pk=item.pk).update(
        status=item.status,
        refunded_quantity=F("refunded_quantity") + request.quantity,
        refunded_amount=F("refunded_amount") + worth.goods,
        cancelled_quantity=F("cancelled_quantity") + unsent,
    )


def _owe(request: AfterSale, order: Order, worth: Worth) -> None:
    # A share may be less than a cent; then nothing moves.
    if not worth.total:
        return
    kept = order.payments.filter(status=PaymentStatus.PAID, whole_refund=None)
    refunds.owe_part(payment=kept.get(), amount=worth.total, after_sale=request)


def _tell(
    request: AfterSale, order: Order, decider: Decider, worth: Worth, at: datetime
) -> None:
    amount = shown(worth.total)
    write(request, OrderEvent.Kind.REQUEST_GRANTED, decider, at, detail=amount)
    tell_buyer(REFUND_GRANTED, order.pk, amount=amount)
    if decider.by_id:
        note = f"{request.kind} #{request.pk}: {plain(worth.total)}"
        journal.record(journal.Kind.REFUND_DECIDED, about=order, note=note)
