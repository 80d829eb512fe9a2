"""The moves that an order may make (docs/order-life-cycle.md); there are no others."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    PENDING_PAYMENT = "pending_payment", _("To pay")
    PAID = "paid", _("To ship")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("To receive")
    COMPLETED = "completed", _("Completed")
    CLOSED = "closed", _("Closed")


class ItemStatus(models.TextChoices):
    PENDING_PAYMENT = "pending_payment", _("To pay")
    PAID = "paid", _("To ship")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("To receive")
    RECEIVED = "received", _("Received")
    REFUNDED = "refunded", _("Refunded")
    CLOSED = "closed", _("Closed")


S = OrderStatus

#: From each state, the states that may follow. The last two are final.
MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.PENDING_PAYMENT: frozenset({S.PAID, S.CLOSED}),
    S.PAID: frozenset({S.PARTLY_SHIPPED, S.SHIPPED, S.CLOSED}),
    S.PARTLY_SHIPPED: frozenset({S.SHIPPED, S.COMPLETED, S.CLOSED}),
    S.SHIPPED: frozenset({S.COMPLETED, S.CLOSED}),
    S.COMPLETED: frozenset(),
    S.CLOSED: frozenset(),
}

#: From these an order moves nowhere.
FINISHED = tuple(state for state, targets in MOVES.items() if not targets)


def sources_of(target: OrderStatus) -> list[OrderStatus]:
    """Return the states from which an order may move to `target`."""
    return [state for state, targets in MOVES.items() if target in targets]
