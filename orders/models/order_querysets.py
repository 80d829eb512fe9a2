"""Which orders: every read of them has its word here."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch

from orders.models.items import TO_REVIEW, OrderItem
from orders.states import FINAL, SHIPPABLE, OrderStatus, sources_of
from shop.models import MutedTopic

if TYPE_CHECKING:
    from orders.models.orders import Order  # noqa: F401, the string below


class OrderQuerySet(models.QuerySet["Order"]):
    def placed_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A shopper's own orders; every load for a shopper starts here."""
        return self.filter(user=user.pk) if user.pk else self.none()

    def shown(self) -> Self:
        """Those that their buyers have not hidden."""
        return self.filter(hidden_at=None)

    def hidden(self) -> Self:
        return self.exclude(hidden_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-pk")

    def with_items(self, now: datetime) -> Self:
        """With their items, which know whether their product can be looked at."""
        items = OrderItem.objects.with_links(now).with_after_sales().in_order()
        return self.prefetch_related(Prefetch("items", items))

    def with_clock(self) -> Self:
        """With all that `next_event` looks at, and with what it happens to."""
        items = OrderItem.objects.with_request().in_order()
        return self.prefetch_related(Prefetch("items", items))

    def unpaid_by(self, moment: datetime) -> Self:
        """Those whose time to pay is over by then."""
        return self.filter(status=OrderStatus.PENDING_PAYMENT, pay_by__lte=moment)

    def to_ship(self) -> Self:
        """Those of which a parcel is still to leave."""
        return self.filter(status__in=SHIPPABLE)

    def overdue_to_ship(self, moment: datetime) -> Self:
        """Those that should have left by then, and have not, or not all (row F9)."""
        return self.to_ship().filter(ship_by__lte=moment)

    def to_receive_by(self, moment: datetime) -> Self:
        """Those that are received by themselves by then."""
        return self.filter(status=OrderStatus.SHIPPED, receive_by__lte=moment)

    def due_by(self, moment: datetime) -> Self:
        """Those that by then the clock closes, receives, or decides a request of."""
        return self.filter(pk__in=self.ids_due_by(moment))

    def ids_due_by(self, moment: datetime) -> set[int]:
        """Return their ids: three looks into an index each, no OR that reads all."""
        asked = OrderItem.objects.filter(open_after_sale__decide_by__lte=moment)
        found = [
            self.unpaid_by(moment).values_list("pk", flat=True),
            self.to_receive_by(moment).values_list("pk", flat=True),
            asked.values_list("order", flat=True),
        ]
        return {pk for ids in found for pk in ids.order_by()}

    def to_remind_by(self, moment: datetime) -> Self:
        """Those whose buyers are to be told by then that receipt is near.

        Where receipt itself is due by then, the news would come too late.
        """
        return self.filter(remind_receipt_at__lte=moment, receive_by__gt=moment)

    def to_pay_at(self, moment: datetime, *, topic: str) -> Self:
        """Unpaid ones whose buyers can pay, want to be reminded of it, and were not."""
        unpaid = self.filter(status=OrderStatus.PENDING_PAYMENT, pay_by__gt=moment)
        return unpaid.filter(pay_reminded_at=None)._heard(topic)

    def to_review_at(self, moment: datetime, *, topic: str) -> Self:
        """Completed ones of which the same is true of reviewing an item.

        Not when its time to be reviewed is over by then, nor while the clock has still
        to decide a request about the order: the money may go back, and the review with
        it.
        """
        done = self.filter(status=OrderStatus.COMPLETED, completed_at__lte=moment)
        own = OrderItem.objects.filter(order=OuterRef("pk"))
        waiting = own.filter(review_state=TO_REVIEW, praise_at__gt=moment)
        undecided = own.filter(open_after_sale__decide_by__lte=moment)
        reviewable = done.filter(Exists(waiting), ~Exists(undecided))
        return reviewable.to_hear_of_reviews(topic)

    def to_hear_of_reviews(self, topic: str) -> Self:
        """Those in sight whose buyers want to be reminded of reviews, and were not."""
        return self.shown().filter(review_reminded_at=None)._heard(topic)

    def to_review(self) -> Self:
        """Those with an item whose review waits to be written."""
        items = OrderItem.objects.filter(order=OuterRef("pk"), review_state=TO_REVIEW)
        return self.filter(Exists(items))

    def _heard(self, topic: str) -> Self:
        muted = MutedTopic.objects.about(topic).filter(account_id=OuterRef("user_id"))
        return self.filter(~Exists(muted), user__is_active=True)

    def move(self, pk: int, to: OrderStatus, **changes: Any) -> bool:
        """Move an order to a state, or return False when it may not go there now.

        One guarded statement, so two clicks, notices or runners do it once.
        """
        if to in FINAL:
            # With the order its timer is over.
            changes = {"remind_receipt_at": None, "receipt_left": None, **changes}
        movable = self.filter(pk=pk, status__in=sources_of(to))
        return movable.update(status=to, **changes) == 1
