"""Which requests after paying: every read of them has its word here."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from orders.models.items import OrderItem
from orders.models.parcels import ParcelLine
from orders.states import (
    AfterSaleKind,
    AfterSaleState,
    open_after_sale_states,
    sources_of_after_sale,
)

if TYPE_CHECKING:
    from orders.models.after_sales import AfterSale  # noqa: F401, the string below

K, S = AfterSaleKind, AfterSaleState


class AfterSaleQuerySet(models.QuerySet["AfterSale"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own requests; every load for a shopper starts here."""
        return self.filter(item__order__user=user.pk) if user.pk else self.none()

    def open(self) -> Self:
        """Those that are not over; there is one an item at most."""
        return self.filter(open_item__isnull=False)

    def about(self, order_id: int) -> Self:
        return self.filter(item__order=order_id)

    def with_item(self) -> Self:
        return self.select_related("item__order")

    def numbered(self, number: str) -> Self:
        """Those about an order of this number, or about what such a parcel holds.

        A parcel under whose number goods come back, or under which they had left: that
        stands on the box when a courier brings it back.
        """
        wanted = "".join(number.split()).upper()
        of_order = OrderItem.objects.filter(order__number=wanted)
        left_in = ParcelLine.objects.filter(parcel__tracking_number=wanted)
        return self.filter(
            Q(item__in=of_order.values("pk"))
            | Q(item__in=left_in.values("item"))
            | Q(return_number=wanted)
        )

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def due_by(self, moment: datetime) -> Self:
        """Those about which the clock decides by then, the longest overdue first."""
        return self.filter(decide_by__lte=moment).order_by("decide_by", "pk")

    def flagged(self) -> Self:
        """Exchanges whose returned goods nobody confirmed in time."""
        return self.open().filter(flagged_at__isnull=False)

    def waiting_for_staff(self, wish: str) -> Self:
        """Those that wait for just this of staff; KeyError for another word.

        `answer`, `goods` to confirm or put away, `replacement`, `late` exchanges, or
        a `parcel` that was refunded under way and may come back, or never.
        """
        came_back = self.filter(returned_at__isnull=False)
        exchanges = came_back.filter(kind=K.EXCHANGE, state=S.RETURNING)
        waiting: dict[str, Self] = {
            "answer": self.filter(state=S.REQUESTED),
            "goods": came_back.filter(state__in=(S.RETURNING, S.REFUNDED), goods=""),
            "replacement": exchanges.filter(arrived_at__isnull=False),
            "late": self.flagged(),
            "parcel": self.filter(
                kind=K.REFUND_ONLY,
                is_before_shipping=False,
                state=S.REFUNDED,
                goods="",
            ),
        }
        return waiting[wish]

    def move(self, pk: int, to: AfterSaleState, **changes: Any) -> bool:
        """Move a request to a state, or return False when it may not go there now.

        One guarded statement, so of two clicks, or a click and the clock, one wins.
        """
        if to not in open_after_sale_states():
            changes |= {"open_item": None, "decide_by": None}
        movable = self.filter(pk=pk, state__in=sources_of_after_sale(to))
        return movable.update(state=to, **changes) == 1
