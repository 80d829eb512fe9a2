"""Who found which review helpful (row G10)."""

from dataclasses import dataclass

from catalog import services as catalog
from reviews.models import HelpfulVote, Review
from reviews.refusals import OwnReview
from shop import clock
from shop.retry import whole_deed


@dataclass(frozen=True)
class Vote:
    """What an account's vote is now, and how many there are."""

    is_helpful: bool
    count: int


@whole_deed
def set_vote(*, user_id: int, review_id: int, wish: bool | None) -> Vote:
    """Find a review helpful, or take that back; without a wish, turn it round.

    Raises OwnReview, and Review.DoesNotExist when it is not shown any more.
    """
    # Locked, so that clicks at the same time come one after the other.
    written = Review.objects.select_for_update().written()
    review = written.get(pk=review_id)
    if review.user_id == user_id:
        raise OwnReview
    own = HelpfulVote.objects.filter(review=review, user=user_id)
    is_there = own.exists()
    wanted = not is_there if wish is None else wish
    if wanted and not is_there:
        HelpfulVote.objects.create(review=review, user_id=user_id, voted_at=clock.now())
    elif is_there and not wanted:
        own.delete()
    count = _recount(review)
    if wanted != is_there:
        catalog.note_change()
    return Vote(is_helpful=wanted, count=count)


def _recount(review: Review) -> int:
    count = review.helpful_opening + HelpfulVote.objects.filter(review=review).count()
    Review.objects.filter(pk=review.pk).exclude(helpful_count=count).update(
        helpful_count=count
    )
    return count
