"""The life of a review row that nobody writes: opened, praised by the clock, closed."""

from collections.abc import Collection
from datetime import datetime, timedelta

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from orders.services.items import begin_review, set_review_state
from reviews import ratings
from reviews.models import Review
from reviews.models.reviews import new_public_id
from reviews.states import PRAISE
from shop import clock, policy
from shop.retry import whole_deed

State = Review.State


def open_review(*, item: OrderItem) -> Review:
    """Open the one review row of an item, in the transaction of its receipt.

    Its deadline is copied onto the item. The database refuses a second row
    (IntegrityError), and then nothing was received.
    """
    received_at = item.received_at or clock.now()
    days = policy.whole("review_days")
    # Never save(): with the key given, it would overwrite the row that is there.
    review = Review.objects.create(
        item=item,
        user_id=item.order.user_id,
        product_id=item.product_id,
        created_at=received_at,
    )
    begin_review(item_id=item.pk, praise_at=received_at + timedelta(days=days))
    return review


def praise(item_id: int) -> bool:
    """Fill in default praise for an item whose time to be reviewed is over (row G7).

    It bears the moment at which it was due. Returns False when there was nothing to do.
    """
    if not OrderItem.objects.to_praise_by(clock.now()).filter(pk=item_id).exists():
        return False
    return _praise(item_id, clock.now(), _follow_up_time())


def praise_overdue(items: Collection[int]) -> None:
    """Praise those of these items that are overdue, in the order of their moments."""
    if not items:
        return
    late = OrderItem.objects.to_praise_by(clock.now()).filter(pk__in=items)
    for pk, due_at in late.order_by("praise_at", "pk").values_list("pk", "praise_at"):
        with clock.at(due_at or clock.now()):
            praise(pk)


def praise_overdue_of(user_id: int) -> None:
    """Praise what is overdue of a shopper, who looks at it before the runner did."""
    late = OrderItem.objects.to_praise_by(clock.now()).filter(order__user=user_id)
    praise_overdue(list(late.values_list("pk", flat=True)))


def withdraw_reviews(item_ids: Collection[int]) -> None:
    """Close the pending rows of items whose money all went back after receipt.

    Part of the refund's transaction. What was written or praised stays as it is.
    """
    for item_id in sorted(item_ids):
        waiting = Review.objects.pending().filter(pk=item_id)
        if waiting.update(state=State.WITHDRAWN):
            set_review_state(item_id=item_id, state=State.WITHDRAWN)


@whole_deed
def _praise(item_id: int, now: datetime, follow_up_time: timedelta) -> bool:
    # The order in which a writer locks: item, product, review.
    waiting = OrderItem.objects.select_for_update().to_praise_by(now)
    item = waiting.filter(pk=item_id).first()
    if item is None or item.praise_at is None:
        return False
    Product.objects.select_for_update().get(pk=item.product_id)
    praised = (
        Review.objects.pending()
        .filter(pk=item_id)
        .update(
            state=State.PRAISED,
            rating=PRAISE,
            written_at=item.praise_at,
            follow_up_by=item.praise_at + follow_up_time,
            public_id=new_public_id(),
            # Who said nothing gave no leave to be named.
            is_anonymous=True,
        )
    )
    if not praised:
        return False
    set_review_state(item_id=item_id, state=State.PRAISED)
    ratings.recount([item.product_id])
    catalog.note_change()
    return True


def _follow_up_time() -> timedelta:
    return timedelta(days=policy.whole("follow_up_days"))
