"""What happened to an order, written beside every move."""

from datetime import datetime

from orders.models import OrderEvent

Kind, Actor = OrderEvent.Kind, OrderEvent.Actor


def write_event(
    *,
    order_id: int,
    kind: OrderEvent.Kind,
    actor: OrderEvent.Actor,
    at: datetime,
    by_id: int | None = None,
    item_id: int | None = None,
    after_sale_id: int | None = None,
    detail: str = "",
) -> OrderEvent:
    """Write one line of an order's history, in the transaction of the deed."""
    return OrderEvent.objects.create(
        order_id=order_id,
        item_id=item_id,
        after_sale_id=after_sale_id,
        kind=kind,
        actor=actor,
        by_id=by_id,
        detail=detail,
        at=at,
    )
