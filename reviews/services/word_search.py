"""A new word of the list is searched for in what is shown already (row G9).

The clock does it, a batch of reviews at a time, in the order of their keys. A batch is
locked while it is read, and whoever writes a text locks its review before asking for
the list: of a word and a text at the same moment, one meets the other. The place that
was reached moves on last, so that a batch is searched twice rather than never; twice
does no harm. What was held for a word stays so when the word is removed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db.models import Model

from catalog import services as catalog
from orders.services.items import set_review_states
from reviews import ratings
from reviews.models import FollowUp, Reply, Review, SensitiveWord
from reviews.services.locking import lock
from reviews.states import ReviewState
from reviews.wording import found_in, noted
from shop.retry import whole_deed

#: So many reviews are read at a time.
BATCH = 500
#: What a text is when it is held; a reply is so by its words alone.
HELD: dict[type[Model], dict[str, str]] = {
    Review: {"state": ReviewState.HELD},
    FollowUp: {"state": FollowUp.State.HELD},
    Reply: {},
}
Words = Sequence[SensitiveWord]
Text = Review | FollowUp | Reply


def words_to_search(moment: datetime) -> list[SensitiveWord]:
    """Return the words that are furthest behind: those of one search."""
    return list(SensitiveWord.objects.furthest_behind(moment))


def search_batch(words: Words) -> bool:
    """Search the next reviews for words, which stand at one place; hold what has one.

    Follow-ups and replies too. Returns False when somebody else was quicker.
    """
    rows = _next_rows(words[0].searched_to)
    hits: defaultdict[int, list[int]] = defaultdict(list)
    for pk, product_id, *texts in rows:
        if any(found_in(text, words) for text in texts if text):
            hits[product_id].append(pk)
    for product_id, review_ids in sorted(hits.items()):
        _hold(review_ids, product_id, words)
    return _move_on(words, rows[-1][0] if len(rows) == BATCH else None)


@whole_deed
def _next_rows(place: int) -> list[tuple[int, int, str, str | None, str | None]]:
    # All of them, whatever their state: who writes one at this moment is waited for.
    reviews = Review.objects.select_for_update().filter(pk__gt=place).order_by("pk")
    texts = ("body", "follow_up__body", "reply__body")
    return list(reviews.values_list("pk", "product_id", *texts)[:BATCH])


@whole_deed
def _hold(review_ids: Collection[int], product_id: int, words: Words) -> None:
    """Hold what has the words, as it is now; the rating is counted without it."""
    held: defaultdict[tuple[type[Model], str], list[int]] = defaultdict(list)
    for review in lock(review_ids, product_id):
        for text in _open_texts(review):
            if found := found_in(text.body, words):
                note = noted(found, before=text.held_words)
                held[type(text), note].append(review.pk)
    for (model, note), keys in held.items():
        rows = model._default_manager.filter(pk__in=keys)
        rows.update(held_words=note, **HELD[model])
        if model is Review:
            set_review_states(item_ids=keys, state=ReviewState.HELD)
    ratings.recount([product_id])
    catalog.note_change()


def _open_texts(review: Review) -> Iterator[Text]:
    """Yield what others read of a review, or may read once staff have looked at it."""
    if review.is_written or review.is_held:
        yield review
    follow_up: FollowUp | None = getattr(review, "follow_up", None)
    if follow_up and not follow_up.is_hidden:
        yield follow_up
    reply: Reply | None = getattr(review, "reply", None)
    if reply:
        yield reply


@whole_deed
def _move_on(words: Words, place: int | None) -> bool:
    """Remember what was reached, None is the end; not of a word changed meanwhile."""
    columns = {"waits_since": None} if place is None else {"searched_to": place}
    moved = 0
    for word in words:
        as_it_was = SensitiveWord.objects.filter(
            pk=word.pk, waits_since=word.waits_since, searched_to=word.searched_to
        )
        moved += as_it_was.update(**columns)
    return moved > 0
