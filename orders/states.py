"""The moves that orders and requests may make (docs/order-life-cycle.md), no others."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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

#: Why an order is closed of which every unit was refunded; pages translate it.
REFUNDED_IN_FULL = "refunded_in_full"

#: From each state, the states that may follow. The last two are final.
MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.PENDING_PAYMENT: frozenset({S.PAID, S.CLOSED}),
    S.PAID: frozenset({S.PARTLY_SHIPPED, S.SHIPPED, S.CLOSED}),
    S.PARTLY_SHIPPED: frozenset({S.SHIPPED, S.COMPLETED, S.CLOSED}),
    S.SHIPPED: frozenset({S.COMPLETED, S.CLOSED}),
    S.COMPLETED: frozenset(),
    S.CLOSED: frozenset(),
}

#: Nothing follows upon them.
FINAL = frozenset(state for state, targets in MOVES.items() if not targets)
#: Of these a parcel is still to leave.
SHIPPABLE = (S.PAID, S.PARTLY_SHIPPED)


def sources_of(target: OrderStatus) -> list[OrderStatus]:
    """Return the states from which an order may move to `target`."""
    return [state for state, targets in MOVES.items() if target in targets]


class AfterSaleKind(models.TextChoices):
    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN_AND_REFUND = "return_and_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")


class AfterSaleState(models.TextChoices):
    REQUESTED = "requested", _("Waiting for the shop")
    REFUSED = "refused", _("Refused by the shop")
    RETURN_GOODS = "return_goods", _("To send back")
    RETURNING = "returning", _("On its way back")
    REFUNDED = "refunded", pgettext_lazy("after-sale", "Refunded")
    EXCHANGED = "exchanged", _("Exchanged")
    CLOSED = "closed", pgettext_lazy("after-sale", "Closed")


A = AfterSaleState

#: The same of after-sale requests. A shop that gets back the wrong goods, or none,
#: may still refuse.
AFTER_SALE_MOVES: dict[AfterSaleState, frozenset[AfterSaleState]] = {
    A.REQUESTED: frozenset({A.REFUSED, A.REFUNDED, A.RETURN_GOODS, A.CLOSED}),
    A.RETURN_GOODS: frozenset({A.RETURNING, A.CLOSED}),
    A.RETURNING: frozenset({A.REFUNDED, A.EXCHANGED, A.REFUSED}),
    A.REFUSED: frozenset(),
    A.REFUNDED: frozenset(),
    A.EXCHANGED: frozenset(),
    A.CLOSED: frozenset(),
}


def sources_of_after_sale(target: AfterSaleState) -> list[AfterSaleState]:
    """Return the states from which a request may move to `target`."""
    return [state for state, to in AFTER_SALE_MOVES.items() if target in to]


def open_after_sale_states() -> list[AfterSaleState]:
    """Return the states in which a request still waits for somebody."""
    return [state for state, targets in AFTER_SALE_MOVES.items() if targets]
