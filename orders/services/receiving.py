"""What receipt of an item does, whoever confirms it: final, and of this item alone.

`orders.services.receipt` is the buyer's way here, with the payment password.
"""

from datetime import datetime

from orders.models import Order, OrderEvent, OrderItem
from orders.models.after_sales import no_open_request
from orders.refusals import AlreadyReceived, NotShipped, RequestOpen
from orders.services import progress, sales
from orders.services.after_sales.windows import after_sale_windows
from orders.services.events import write_event
from orders.signals import item_received
from orders.states import ItemStatus
from shop import clock
from shop.retry import whole_deed


def receive_overdue_items(order_id: int) -> None:
    """Receive all items of an order whose time is over."""
    if not Order.objects.to_receive_by(clock.now()).filter(pk=order_id).exists():
        return
    shipped = OrderItem.objects.filter(order=order_id, status=ItemStatus.SHIPPED)
    for item_id in shipped.in_order().values_list("pk", flat=True):
        receive_overdue(item_id=item_id, order_id=order_id)


@whole_deed
def receive_overdue(*, item_id: int, order_id: int) -> bool:
    """Receive an item whose time is over, as "system", at the moment it was over.

    False when it is not, or not any more: the buyer's click, another runner, more time
    or a request was quicker.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.receive_by is None or order.receive_by > clock.now():
        return False
    return _receive(item_id, order, OrderEvent.Actor.SYSTEM, order.receive_by)


@whole_deed
def receive(*, item_id: int, order_id: int) -> None:
    """Receive an item as its buyer, now.

    Raises NotShipped, AlreadyReceived, RequestOpen.
    """
    # The order first: of its last two items only the second finds all received.
    order = Order.objects.select_for_update().get(pk=order_id)
    if not _receive(item_id, order, OrderEvent.Actor.BUYER, clock.now()):
        refuse_unless_receivable(item_id)


def refuse_unless_receivable(item_id: int) -> None:
    """Raise NotShipped, AlreadyReceived or RequestOpen if it cannot be received."""
    item = OrderItem.objects.filter(pk=item_id)
    status, request_id = item.values_list("status", "open_after_sale").get()
    if status in (ItemStatus.RECEIVED, ItemStatus.REFUNDED):
        raise AlreadyReceived
    if status != ItemStatus.SHIPPED:
        raise NotShipped
    if request_id is not None:
        raise RequestOpen


def _receive(item_id: int, order: Order, actor: OrderEvent.Actor, at: datetime) -> bool:
    shipped = OrderItem.objects.filter(pk=item_id, status=ItemStatus.SHIPPED)
    windows = after_sale_windows(at)
    if not shipped.filter(no_open_request()).update(
        status=ItemStatus.RECEIVED, received_at=at, **windows
    ):
        return False
    item = OrderItem.objects.select_related("order").get(pk=item_id)
    sales.count_receipt(item, at)
    write_event(
        order_id=order.pk,
        item_id=item_id,
        kind=OrderEvent.Kind.RECEIVED,
        actor=actor,
        at=at,
    )
    item_received.send(sender=OrderItem, item=item)
    progress.end_if_over(order.pk, actor, at)
    return True
