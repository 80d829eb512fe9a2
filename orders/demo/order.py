"""An order as it shall stand in the books of a shop to try."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Address
from catalog.models import Variant
from orders.states import ItemStatus, OrderStatus

PAID_AFTER = timedelta(minutes=3)
SHIPPED_AFTER = timedelta(days=1)
RECEIVED_AFTER = timedelta(days=3)

S = OrderStatus


@dataclass(frozen=True)
class DemoOrder:
    """One unit of each variant, bought by the owner of the address."""

    token: str
    address: Address
    variants: list[Variant]
    placed_at: datetime
    status: OrderStatus
    #: Of a partly shipped order, how many of its items have left.
    shipped_items: int = 0

    @property
    def is_paid(self) -> bool:
        return self.status not in (S.PENDING_PAYMENT, S.CLOSED)

    @property
    def has_left(self) -> bool:
        """Tell whether there is a parcel of it."""
        return self.status in (S.PARTLY_SHIPPED, S.SHIPPED, S.COMPLETED)

    @property
    def paid_at(self) -> datetime:
        return self.placed_at + PAID_AFTER

    @property
    def shipped_at(self) -> datetime:
        return self.placed_at + SHIPPED_AFTER

    @property
    def received_at(self) -> datetime:
        return self.placed_at + RECEIVED_AFTER

    def item_status(self, place: int) -> ItemStatus:
        """Return the state of the item at a place, counted from 0."""
        if self.status == S.PARTLY_SHIPPED:
            return ItemStatus.SHIPPED if place < self.shipped_items else ItemStatus.PAID
        if self.status == S.COMPLETED:
            return ItemStatus.RECEIVED
        return ItemStatus(self.status)
