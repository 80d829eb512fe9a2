"""What buyers add to a review later, or to default praise: once, text without stars."""

from catalog import services as catalog
from catalog.models import Product
from orders.models import OrderItem
from reviews import ratings
from reviews.models import FollowUp, Review
from reviews.refusals import AlreadyFollowedUp, ReviewWithdrawn, TooLateToFollowUp
from reviews.services.writing import LONGEST_HITS
from reviews.wording import hits_in
from shop import clock
from shop.retry import whole_deed

State = FollowUp.State


def write_follow_up(*, review: Review, body: str) -> State:
    """Add the one follow-up; return whether it is shown or waits for staff.

    Raises AlreadyFollowedUp, TooLateToFollowUp, ReviewWithdrawn.
    """
    found = ", ".join(hits_in(body))[:LONGEST_HITS]
    state = State.HELD if found else State.SHOWN
    _write(review.pk, body=body, state=state, held_words=found)
    return state


def refuse_follow_up(review: Review) -> None:
    """Raise why nothing can be added to a review now, if so."""
    if review.state == Review.State.WITHDRAWN:
        raise ReviewWithdrawn
    if hasattr(review, "follow_up"):
        raise AlreadyFollowedUp
    if not review.can_be_followed_up_at(clock.now()):
        raise TooLateToFollowUp


@whole_deed
def _write(review_id: int, *, body: str, state: State, held_words: str) -> None:
    now = clock.now()
    # Of two clicks the second waits here: item, product, as everybody locks.
    item = OrderItem.objects.select_for_update().get(pk=review_id)
    Product.objects.select_for_update().get(pk=item.product_id)
    review = Review.objects.select_related("follow_up").get(pk=review_id)
    refuse_follow_up(review)
    FollowUp.objects.create(
        review=review, body=body, state=state, held_words=held_words, written_at=now
    )
    ratings.recount([item.product_id])
    catalog.note_change()
