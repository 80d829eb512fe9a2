"""The buyer confirms receipt of an item, with the payment password (row G1)."""

from django.views.decorators.debug import sensitive_variables

from accounts.refusals import PaymentPasswordLocked
from accounts.services.payment import verify_payment_password
from orders.models import OrderItem
from orders.services import receiving, settling


@sensitive_variables("digits")
def receive_by_buyer(*, item: OrderItem, digits: str) -> None:
    """Confirm receipt of one item with the payment password.

    Its review row appears in the same transaction. Raises NotShipped, AlreadyReceived,
    and the refusals of the payment password.
    """
    settling.settle_order(item.order_id)
    refuse_unless_receivable(item)
    try:
        verify_payment_password(user_id=item.order.user_id, digits=digits)
    except PaymentPasswordLocked:
        # A second click of a shopper whose first one had the last free try.
        refuse_unless_receivable(item)
        raise
    receiving.receive(item_id=item.pk, order_id=item.order_id)


def refuse_unless_receivable(item: OrderItem) -> None:
    """Raise NotShipped or AlreadyReceived unless the item can be received now."""
    receiving.refuse_unless_receivable(item.pk)
