"""What staff do to what buyers wrote: hide it with a reason, show it (row G9)."""

from catalog import services as catalog
from orders.services.items import set_review_state
from reviews import ratings
from reviews.messages import (
    FOLLOW_UP_HIDDEN,
    FOLLOW_UP_SHOWN,
    REVIEW_HIDDEN,
    REVIEW_SHOWN,
    tell_author,
)
from reviews.models import FollowUp, Review
from reviews.refusals import NothingToModerate
from reviews.services.locking import lock
from reviews.states import ReviewState
from shop import journal
from shop.retry import whole_deed


@whole_deed
def hide_review(*, review_id: int, reason: str) -> None:
    """Hide a review that is shown or held; its author is told the reason.

    The product's rating is counted without it. Raises NothingToModerate.
    """
    sources = (ReviewState.WRITTEN, ReviewState.HELD)
    _move(review_id, sources, ReviewState.HIDDEN, reason)
    tell_author(REVIEW_HIDDEN, review_id, reason=reason)


@whole_deed
def show_review(*, review_id: int) -> None:
    """Show a review that is held or hidden; it counts again.

    Raises NothingToModerate.
    """
    sources = (ReviewState.HELD, ReviewState.HIDDEN)
    _move(review_id, sources, ReviewState.WRITTEN, "")
    tell_author(REVIEW_SHOWN, review_id)


@whole_deed
def hide_follow_up(*, review_id: int, reason: str) -> None:
    """Hide a follow-up that is shown or held. Raises NothingToModerate."""
    states = (FollowUp.State.SHOWN, FollowUp.State.HELD)
    _move_follow_up(review_id, states, FollowUp.State.HIDDEN, reason)
    tell_author(FOLLOW_UP_HIDDEN, review_id, reason=reason)


@whole_deed
def show_follow_up(*, review_id: int) -> None:
    """Show a follow-up that is held or hidden. Raises NothingToModerate."""
    states = (FollowUp.State.HELD, FollowUp.State.HIDDEN)
    _move_follow_up(review_id, states, FollowUp.State.SHOWN, "")
    tell_author(FOLLOW_UP_SHOWN, review_id)


def _move(
    review_id: int, sources: tuple[ReviewState, ...], to: ReviewState, reason: str
) -> None:
    review = Review.objects.get(pk=review_id)
    lock([review_id], review.product_id)
    rows = Review.objects.filter(pk=review_id, state__in=sources)
    if not rows.update(state=to, hidden_reason=reason, held_words=""):
        raise NothingToModerate
    set_review_state(item_id=review_id, state=to)
    _tell(review, to == ReviewState.HIDDEN, reason)


def _move_follow_up(
    review_id: int,
    sources: tuple[FollowUp.State, ...],
    to: FollowUp.State,
    reason: str,
) -> None:
    review = Review.objects.get(pk=review_id)
    lock([review_id], review.product_id)
    rows = FollowUp.objects.filter(pk=review_id, state__in=sources)
    if not rows.update(state=to, hidden_reason=reason, held_words=""):
        raise NothingToModerate
    _tell(review, to == FollowUp.State.HIDDEN, reason)


def _tell(review: Review, is_hidden: bool, reason: str) -> None:
    ratings.recount([review.product_id])
    kind = journal.Kind.REVIEW_HIDDEN if is_hidden else journal.Kind.REVIEW_SHOWN
    journal.record(kind, about=review, note=reason)
    catalog.note_change()
