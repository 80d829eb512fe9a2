"""A review of each other kind: default praise, held, hidden; done by the services."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from reviews import services
from reviews.models import Review, SensitiveWord
from reviews.wording import key_of
from shop import clock, demo, outbox

#: What advertises, or buys reviews.
WORDS = ("加微信", "返现", "刷单", "vx", "qq群", "赌博")
WRITTEN_AFTER = timedelta(days=2)
FOLLOWED_UP_AFTER = timedelta(days=3)


@demo.step(_("Default praise, held reviews"))
def live(wishes: demo.Wishes) -> None:
    """Let the orders `silent` and `held` of the demo go their ways."""
    _list_words()
    for token, deed in _LIVES.items():
        waiting = Review.objects.pending().filter(item__order__token=token)
        review = waiting.select_related("item").first()
        if review:
            deed(review)


def _list_words() -> None:
    if SensitiveWord.objects.exists():
        return
    now = clock.now()
    SensitiveWord.objects.bulk_create(
        SensitiveWord(word=word, key=key_of(word), added_at=now) for word in WORDS
    )


def _be_silent(review: Review) -> None:
    services.praise_overdue([review.pk])


def _speak_after_all(review: Review) -> None:
    services.praise_overdue([review.pk])
    review.refresh_from_db()
    if review.written_at is None:
        return
    with clock.at(review.written_at + FOLLOWED_UP_AFTER):
        services.write_follow_up(review=review, body="忘了评价，补一句：用着很顺手。")


def _advertise(review: Review) -> None:
    _write(review, "好评返现，加 微 信 领红包，五星就送！", 5)


def _insult(review: Review) -> None:
    _write(review, "商家联系我刷 单，不推荐大家买。", 1)
    with outbox.quietly():
        services.hide_review(review_id=review.pk, reason="含有广告或刷单信息")


def _write(review: Review, body: str, rating: int) -> None:
    opinion = services.Opinion(rating=rating, body=body, is_anonymous=True)
    with clock.at(review.created_at + WRITTEN_AFTER):
        services.write_review(review=review, opinion=opinion)


_LIVES: dict[str, Callable[[Review], None]] = {
    "demo-state-silent-0": _speak_after_all,
    "demo-state-silent-1": _be_silent,
    "demo-state-silent-2": _be_silent,
    "demo-state-held-0": _advertise,
    "demo-state-held-1": _insult,
}
