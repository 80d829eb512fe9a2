"""What buyers write: a review, and its one edit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from catalog import services as catalog
from orders.services.items import set_review_state
from reviews import photos, ratings
from reviews.languages import language_of
from reviews.models import Review, ReviewPhoto
from reviews.models.reviews import new_public_id
from reviews.refusals import (
    AlreadyChanged,
    AlreadyWritten,
    JustModerated,
    ReviewWithdrawn,
    TooLateToChange,
)
from reviews.services.locking import lock
from reviews.services.opening import praise_overdue
from reviews.states import ReviewState
from reviews.wording import hits_in, noted
from shop import clock, policy
from shop.refusals import Refusal
from shop.retry import after_commit, whole_deed


@dataclass(frozen=True)
class Opinion:
    """What a buyer thinks of an item."""

    rating: int
    body: str
    is_anonymous: bool = False

    def columns(self) -> dict[str, Any]:
        return {
            "rating": self.rating,
            "body": self.body,
            "is_anonymous": self.is_anonymous,
            "language": language_of(self.body),
        }


def write_review(
    *, review: Review, opinion: Opinion, pictures: Sequence[Image.Image] = ()
) -> ReviewState:
    """Write what a buyer thinks of an item, with photos as `shop.images` decoded them.

    Returns whether it is shown (WRITTEN) or waits for staff, as it has a word of their
    list (HELD). The product's ratings follow in the same transaction. Raises
    AlreadyWritten, ReviewWithdrawn, and PhotosNotSaved when the disk refuses; nothing
    is kept then.
    """
    praise_overdue([review.pk])
    now = clock.now()
    times = policy.amounts(["review_edit_days", "follow_up_days"])
    columns = {
        **opinion.columns(),
        "written_at": now,
        "edit_by": now + timedelta(days=int(times["review_edit_days"])),
        "follow_up_by": now + timedelta(days=int(times["follow_up_days"])),
    }
    # Files first: a row without its file would be a broken picture.
    stems = photos.store(pictures)
    try:
        return _write(review, columns, stems)
    except BaseException:
        photos.remove(set(stems) - _named(stems))
        raise


def edit_review(
    *,
    review: Review,
    opinion: Opinion,
    pictures: Sequence[Image.Image] = (),
    taken_out: Collection[str] = (),
) -> ReviewState:
    """Change a review, once and within its time; `taken_out` are stems of its photos.

    One that was hidden waits for staff to look at it again. Raises AlreadyChanged,
    TooLateToChange, JustModerated and PhotosNotSaved; nothing is changed then.
    """
    stems = photos.store(pictures)
    try:
        return _edit(review, opinion.columns(), stems, taken_out, clock.now())
    except BaseException:
        photos.remove(set(stems) - _named(stems))
        raise


def _verdict(body: str) -> dict[str, Any]:
    """Return the state that the word list gives a text, and what it found."""
    found = noted(hits_in(body))
    return {
        "state": ReviewState.HELD if found else ReviewState.WRITTEN,
        "held_words": found,
    }


@whole_deed
def _write(
    review: Review, columns: dict[str, Any], stems: Sequence[str]
) -> ReviewState:
    lock([review.pk], review.product_id)
    verdict = _verdict(columns["body"])
    # One guarded statement, so that of two clicks one writes.
    waiting = Review.objects.pending().filter(pk=review.pk)
    if not waiting.update(public_id=new_public_id(), **columns, **verdict):
        state = Review.objects.values_list("state", flat=True).get(pk=review.pk)
        raise ReviewWithdrawn if state == ReviewState.WITHDRAWN else AlreadyWritten
    _name(review, stems)
    return _tell(review, verdict["state"])


@whole_deed
def _edit(
    review: Review,
    columns: dict[str, Any],
    stems: Sequence[str],
    taken_out: Collection[str],
    now: datetime,
) -> ReviewState:
    lock([review.pk], review.product_id)
    verdict = _verdict(columns["body"])
    if review.is_hidden:
        verdict["state"] = ReviewState.HELD
    # As it was when its author opened it: staff may have hidden it meanwhile.
    same = Review.objects.by_buyers().filter(pk=review.pk, state=review.state)
    in_time = same.filter(edited_at=None, edit_by__gte=now)
    if not in_time.update(edited_at=now, hidden_reason="", **columns, **verdict):
        raise _why_not(review.pk, now)
    kept = list(ReviewPhoto.objects.filter(review=review).in_order())
    gone = [photo.stem for photo in kept if photo.stem in taken_out]
    left = [photo.stem for photo in kept if photo.stem not in taken_out]
    ReviewPhoto.objects.filter(review=review).delete()
    _name(review, [*left, *stems])
    after_commit(photos.remove, gone)
    return _tell(review, verdict["state"])


def _name(review: Review, stems: Sequence[str]) -> None:
    ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review=review, stem=stem, position=position)
        for position, stem in enumerate(stems)
    )


def _tell(review: Review, state: ReviewState) -> ReviewState:
    set_review_state(item_id=review.pk, state=state)
    ratings.recount([review.product_id])
    catalog.note_change()
    return state


def _why_not(pk: int, now: datetime) -> Refusal:
    review = Review.objects.get(pk=pk)
    if review.can_be_changed_at(now):
        return JustModerated()
    return AlreadyChanged() if review.edited_at else TooLateToChange()


def _named(stems: Iterable[str]) -> set[str]:
    # The answer to a COMMIT may be lost and the row be there all the same.
    kept = ReviewPhoto.objects.filter(stem__in=list(stems))
    return set(kept.values_list("stem", flat=True))
