"""What buyers add to a review later, or to default praise: once, text without stars."""

from catalog import services as catalog
from reviews import ratings
from reviews.models import FollowUp, Review
from reviews.refusals import AlreadyFollowedUp, ReviewWithdrawn, TooLateToFollowUp
from reviews.services.locking import lock
from reviews.wording import hits_in, noted
from shop import clock
from shop.retry import whole_deed

State = FollowUp.State


def write_follow_up(*, review: Review, body: str) -> State:
    """Add the one follow-up; return whether it is shown or waits for staff.

    Raises AlreadyFollowedUp, TooLateToFollowUp, ReviewWithdrawn.
    """
    return _write(review.pk, review.product_id, body)


def refuse_follow_up(review: Review) -> None:
    """Raise why nothing can be added to a review now, if so."""
    if review.state == Review.State.WITHDRAWN:
        raise ReviewWithdrawn
    if hasattr(review, "follow_up"):
        raise AlreadyFollowedUp
    if not review.can_be_followed_up_at(clock.now()):
        raise TooLateToFollowUp


@whole_deed
def _write(review_id: int, product_id: int, body: str) -> State:
    # Of two clicks the second waits here.
    [review] = lock([review_id], product_id)
    refuse_follow_up(review)
    found = noted(hits_in(body))
    state = State.HELD if found else State.SHOWN
    FollowUp.objects.create(
        review=review,
        body=body,
        state=state,
        held_words=found,
        written_at=clock.now(),
    )
    ratings.recount([product_id])
    catalog.note_change()
    return state
