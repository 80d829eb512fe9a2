"""A review as everybody reads it on its product's page (rows G1, G8, C5).

It has no more of its author than the page says, and nothing of the account. Two that
are equal look the same, so that each is drawn once (`{% once %}`).
"""

from datetime import datetime
from typing import NamedTuple

from catalog.templatetags.catalog import LANGUAGES
from reviews.models import FollowUp
from reviews.names import public_name
from reviews.photos import StoredPhoto, photos_of
from reviews.states import ReviewState


class Addition(NamedTuple):
    """What somebody said later: the buyer in a follow-up, the shop in its reply."""

    body: str
    written_at: datetime
    edited_at: datetime | None = None


class ShownReview(NamedTuple):
    """The columns that are read for it, in this order."""

    public_id: str
    state: str
    rating: int
    body: str
    language: str
    is_anonymous: bool
    written_at: datetime
    edited_at: datetime | None
    helpful_count: int
    item__options_zh: str
    item__options_en: str
    item__received_at: datetime
    user__nickname: str
    user__closed_at: datetime | None
    follow_up__state: str | None
    follow_up__body: str | None
    follow_up__written_at: datetime | None
    reply__body: str | None
    reply__held_words: str | None
    reply__written_at: datetime | None
    reply__edited_at: datetime | None
    listed_photos: str | None

    @property
    def is_praised(self) -> bool:
        return self.state == ReviewState.PRAISED

    @property
    def source(self) -> str:
        """Who gave the stars: "buyer" or "system"."""
        return "system" if self.is_praised else "buyer"

    @property
    def author_name(self) -> str:
        return public_name(
            self.user__nickname,
            is_anonymous=self.is_anonymous,
            is_closed=self.user__closed_at is not None,
        )

    @property
    def language_tag(self) -> str:
        return LANGUAGES.get(self.language, "")

    @property
    def options_zh(self) -> str:
        return self.item__options_zh

    @property
    def options_en(self) -> str:
        return self.item__options_en

    @property
    def received_at(self) -> datetime:
        return self.item__received_at

    @property
    def shown_photos(self) -> list[StoredPhoto]:
        return photos_of(self.listed_photos)

    @property
    def follow_up(self) -> Addition | None:
        """What the buyer added, unless it is held or hidden."""
        if self.follow_up__state != FollowUp.State.SHOWN:
            return None
        return _addition(self.follow_up__body, self.follow_up__written_at)

    @property
    def reply(self) -> Addition | None:
        """What the shop says to it, unless that has sensitive words."""
        if self.reply__held_words:
            return None
        return _addition(
            self.reply__body, self.reply__written_at, self.reply__edited_at
        )


COLUMNS = ShownReview._fields


def _addition(
    body: str | None, written_at: datetime | None, edited_at: datetime | None = None
) -> Addition | None:
    # Columns of a row that is not there are all empty.
    if body is None or written_at is None:
        return None
    return Addition(body, written_at, edited_at)
