"""Receipt of an item: final, and of this item alone (rows G1, G2, G5)."""

from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from accounts.refusals import PaymentPasswordLocked
from accounts.services.payment import verify_payment_password
from orders.models import Order, OrderEvent, OrderItem
from orders.refusals import AlreadyReceived, NotShipped
from orders.services import sales
from orders.services.events import write_event
from orders.signals import item_received
from orders.states import ItemStatus, OrderStatus
from shop import clock
from shop.retry import whole_deed


@sensitive_variables("digits")
def receive_by_buyer(*, item: OrderItem, digits: str) -> None:
    """Confirm receipt of one item with the payment password.

    Its review row appears in the same transaction. Raises NotShipped, AlreadyReceived,
    and the refusals of the payment password.
    """
    receive_overdue_items(item.order_id)
    refuse_unless_receivable(item)
    try:
        verify_payment_password(user_id=item.order.user_id, digits=digits)
    except PaymentPasswordLocked:
        # A second click of a shopper whose first one had the last free try.
        refuse_unless_receivable(item)
        raise
    _receive(item.pk, item.order_id, OrderEvent.Actor.BUYER, clock.now())


def receive_overdue_items(order_id: int) -> None:
    """Receive all items of an order whose time is over."""
    if not Order.objects.to_receive_by(clock.now()).filter(pk=order_id).exists():
        return
    shipped = OrderItem.objects.filter(order=order_id, status=ItemStatus.SHIPPED)
    for item_id in shipped.in_order().values_list("pk", flat=True):
        receive_overdue(item_id=item_id, order_id=order_id)


def receive_overdue(*, item_id: int, order_id: int) -> None:
    """Receive an item whose time is over, as "system", at the moment it was over."""
    due_at = Order.objects.to_receive_by(clock.now()).filter(pk=order_id)
    moment = due_at.values_list("receive_by", flat=True).first()
    if moment is None:
        return
    try:
        _receive(item_id, order_id, OrderEvent.Actor.SYSTEM, moment)
    except AlreadyReceived:
        # The buyer's click, or another runner, was quicker.
        return


def refuse_unless_receivable(item: OrderItem) -> None:
    """Raise NotShipped or AlreadyReceived unless the item can be received now."""
    status = OrderItem.objects.values_list("status", flat=True).get(pk=item.pk)
    if status != ItemStatus.SHIPPED:
        raise _why_not(status)


@whole_deed
def _receive(
    item_id: int, order_id: int, actor: OrderEvent.Actor, at: datetime
) -> None:
    # The order first: of its last two items only the second finds all received.
    Order.objects.select_for_update().get(pk=order_id)
    shipped = OrderItem.objects.filter(pk=item_id, status=ItemStatus.SHIPPED)
    if not shipped.update(status=ItemStatus.RECEIVED, received_at=at):
        item = OrderItem.objects.get(pk=item_id)
        raise _why_not(item.status)
    item = OrderItem.objects.select_related("order").get(pk=item_id)
    sales.count_receipt(item, at)
    write_event(
        order_id=order_id,
        item_id=item_id,
        kind=OrderEvent.Kind.RECEIVED,
        actor=actor,
        at=at,
    )
    item_received.send(sender=OrderItem, item=item)
    _complete(order_id, actor, at)


def _complete(order_id: int, actor: OrderEvent.Actor, at: datetime) -> None:
    over = (ItemStatus.RECEIVED, ItemStatus.REFUNDED)
    if OrderItem.objects.filter(order=order_id).exclude(status__in=over).exists():
        return
    if Order.objects.move(order_id, OrderStatus.COMPLETED, completed_at=at):
        write_event(
            order_id=order_id,
            kind=OrderEvent.Kind.COMPLETED,
            actor=actor,
            at=at,
        )


def _why_not(status: str) -> AlreadyReceived | NotShipped:
    received = (ItemStatus.RECEIVED, ItemStatus.REFUNDED)
    return AlreadyReceived() if status in received else NotShipped()
