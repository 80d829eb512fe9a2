"""Putting a finished order out of its buyer's sight, and back (row F14).

Staff, books, exports and deadlines know it as before.
"""

from orders.models import Order
from orders.refusals import NotFinished
from orders.states import FINAL
from shop import clock
from shop.retry import whole_deed


@whole_deed
def hide(*, order_id: int) -> None:
    """Hide a finished order; again it changes nothing. Raises NotFinished."""
    # One guarded statement: finished orders move nowhere, so what holds now stays so.
    finished = Order.objects.filter(pk=order_id, status__in=FINAL)
    if finished.shown().update(hidden_at=clock.now()):
        return
    if not finished.exists():
        raise NotFinished


@whole_deed
def restore(*, order_id: int) -> None:
    """Show a hidden order again; again it changes nothing."""
    Order.objects.filter(pk=order_id).hidden().update(hidden_at=None)
