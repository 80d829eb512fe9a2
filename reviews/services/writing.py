"""What buyers write: a review, its one edit, its one follow-up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from catalog import services as catalog
from catalog.models import Product
from orders.services.items import set_review_state
from reviews import photos, ratings
from reviews.languages import language_of
from reviews.models import Review, ReviewPhoto
from reviews.models.reviews import new_public_id
from reviews.refusals import AlreadyWritten
from shop import clock, policy
from shop.retry import whole_deed

State = Review.State


@dataclass(frozen=True)
class Opinion:
    """What a buyer thinks of an item."""

    rating: int
    body: str
    is_anonymous: bool = False


def write_review(
    *, review: Review, opinion: Opinion, pictures: Sequence[Image.Image] = ()
) -> None:
    """Write what a buyer thinks of an item, with photos as `shop.images` decoded them.

    The product's ratings follow in the same transaction. Raises AlreadyWritten, and
    PhotosNotSaved when the disk refuses; nothing is kept then.
    """
    # Files first: a row without its file would be a broken picture.
    stems = photos.store(pictures)
    try:
        _write(review, opinion, stems, clock.now())
    except BaseException:
        photos.remove(set(stems) - _named(stems))
        raise


@whole_deed
def _write(
    review: Review, opinion: Opinion, stems: Sequence[str], at: datetime
) -> None:
    # Item, product, review: the order in which a receipt locks. The product before the
    # review, as MySQL takes a shared lock on it with a new state, the key of whose
    # index begins with the product; to raise that later would be a deadlock.
    set_review_state(item_id=review.pk, state=State.WRITTEN)
    Product.objects.select_for_update().get(pk=review.product_id)
    # One guarded statement, so that of two clicks one writes.
    written = (
        Review.objects.pending()
        .filter(pk=review.pk)
        .update(
            state=State.WRITTEN,
            rating=opinion.rating,
            body=opinion.body,
            is_anonymous=opinion.is_anonymous,
            written_at=at,
            language=language_of(opinion.body),
            public_id=new_public_id(),
            edit_by=at + timedelta(days=policy.whole("review_edit_days")),
            follow_up_by=at + timedelta(days=policy.whole("follow_up_days")),
        )
    )
    if not written:
        raise AlreadyWritten
    ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review=review, stem=stem, position=position)
        for position, stem in enumerate(stems)
    )
    ratings.recount([review.product_id])
    catalog.note_change()


def _named(stems: Iterable[str]) -> set[str]:
    # The answer to a COMMIT may be lost and the row be there all the same.
    kept = ReviewPhoto.objects.filter(stem__in=list(stems))
    return set(kept.values_list("stem", flat=True))
