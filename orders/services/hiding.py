"""Putting a finished order out of its buyer's sight, and back (row F14).

Staff, books, exports and deadlines know it as before.
"""

from orders.models import AfterSale, Order
from orders.refusals import NotFinished, RequestOpen
from shop import clock
from shop.retry import whole_deed


@whole_deed
def hide(*, order_id: int) -> None:
    """Hide a finished order; again it changes nothing.

    Raises NotFinished, and RequestOpen while something about it is being dealt with.
    """
    # Held, so that no request is opened between looking and writing.
    order = Order.objects.select_for_update().get(pk=order_id)
    if not order.is_finished:
        raise NotFinished
    if AfterSale.objects.about(order_id).open().exists():
        raise RequestOpen
    Order.objects.filter(pk=order_id).shown().update(hidden_at=clock.now())


@whole_deed
def restore(*, order_id: int) -> None:
    """Show a hidden order again; again it changes nothing."""
    Order.objects.filter(pk=order_id).hidden().update(hidden_at=None)
