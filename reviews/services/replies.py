"""The shop's one reply to a review."""

from catalog import services as catalog
from reviews.messages import REVIEW_ANSWERED, tell_author
from reviews.models import Reply, Review
from reviews.refusals import NothingToAnswer, WordsInReply
from reviews.wording import hits_in, noted
from shop import clock, journal
from shop.retry import whole_deed


@whole_deed
def write_reply(*, review_id: int, body: str, by_id: int) -> Reply:
    """Reply to a review, or change the reply that is there, which then says so.

    Its author is told of the reply, not of changes.

    Raises NothingToAnswer where nobody wrote anything, and WordsInReply when it has a
    word of staff's own list.
    """
    now = clock.now()
    # Locked: of two members of staff the second changes what the first wrote.
    review = Review.objects.select_for_update().get(pk=review_id)
    reply = Reply.objects.filter(pk=review_id).first()
    if reply is None and not _has_words(review):
        raise NothingToAnswer
    if found := hits_in(body):
        raise WordsInReply.of(noted(found))
    if reply is None:
        reply = Reply.objects.create(
            review=review, body=body, by_id=by_id, written_at=now
        )
        tell_author(REVIEW_ANSWERED, review_id)
    elif reply.body != body or not reply.is_shown:
        reply.body, reply.by_id, reply.edited_at = body, by_id, now
        reply.held_words = ""
        reply.save(update_fields=["body", "by", "edited_at", "held_words"])
    journal.record(journal.Kind.REVIEW_ANSWERED, about=review)
    catalog.note_change()
    return reply


def _has_words(review: Review) -> bool:
    return review.is_by_buyer or hasattr(review, "follow_up")
