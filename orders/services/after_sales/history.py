"""Who did what to a request, as a line of its order's history."""

from dataclasses import dataclass
from datetime import datetime

from orders.models import AfterSale, OrderEvent
from orders.services.events import write_event


@dataclass(frozen=True)
class Decider:
    """Who acts: the buyer, the clock, or the shop, by a member of its staff."""

    actor: OrderEvent.Actor
    by_id: int | None = None


BUYER = Decider(OrderEvent.Actor.BUYER)
CLOCK = Decider(OrderEvent.Actor.SYSTEM)


def staff(by_id: int) -> Decider:
    """Return a member of staff, by the account's id."""
    return Decider(OrderEvent.Actor.STAFF, by_id)


def write(
    request: AfterSale,
    kind: OrderEvent.Kind,
    decider: Decider,
    at: datetime,
    *,
    detail: str = "",
) -> None:
    """Write what happened to a request; `request.item` is loaded.

    `at` is the deed's one moment: what follows upon it bears it too, and histories are
    sorted by it.
    """
    write_event(
        order_id=request.item.order_id,
        item_id=request.item_id,
        after_sale_id=request.pk,
        kind=kind,
        actor=decider.actor,
        by_id=decider.by_id,
        at=at,
        detail=detail,
    )
