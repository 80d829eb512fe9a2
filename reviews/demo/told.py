"""The reviews of a shop to try: those of catalogue.json, on items really received.

The step of `orders` has made an order for each, named by its token.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts.models import User
from catalog.pictures import WIDTHS
from orders.models import OrderItem
from orders.services.items import set_review_state
from reviews import photos
from reviews.languages import language_of
from reviews.models import FollowUp, Reply, Review, ReviewPhoto
from reviews.models.reviews import new_public_id
from reviews.ratings import rebuild_ratings
from reviews.states import BAD
from shop import clock, demo, images

CATALOGUE = settings.BASE_DIR / "catalog" / "fixtures" / "catalogue.json"
TOKEN = "demo-review-"  # noqa: S105, the beginning of the orders' tokens
#: In the evening of its day; the item came in the morning.
EVENING = time(20)
#: Every so many-th does not show its author's name, has photos, a follow-up; of the
#: bad ones every so many-th still waits for a reply.
ANONYMOUS, WITH_PHOTOS, FOLLOWED_UP, ANSWERED = 7, 13, 9, 5
FOLLOWED_UP_AFTER, ANSWERED_AFTER = timedelta(days=30), timedelta(days=1)
#: In Chinese and English.
FOLLOW_UPS = (
    ("用了一个月，没有任何问题，电池也很稳定。", "After a month: no problems at all."),
    (
        "依然满意，推荐给了同事。",
        "Still happy with it, and so is a friend.",
    ),
    (
        "追评：用久了接口有点松，客服答应更换。",
        "The port got a little loose over time.",
    ),
)
REPLY = (
    "很抱歉给您带来不好的体验，售后同事已与您联系，会负责到底。",
    "We are sorry about that. Our service has written to you and will see to it.",
)


@dataclass(frozen=True)
class _Told:
    """A review as catalogue.json tells it."""

    number: int
    rating: int
    text: str
    written_at: datetime
    helpful: int


@demo.step(_("Reviews"))
def write_reviews(wishes: demo.Wishes) -> None:
    """Write those of the demo's reviews whose row still waits for it."""
    told = dict(_told())
    waiting = Review.objects.pending().filter(item__order__token__startswith=TOKEN)
    rows = waiting.order_by("pk").values_list("pk", "item__order__token")
    found = [(pk, told[token]) for pk, token in rows if token in told]
    if not found:
        return
    with transaction.atomic():
        for done, (pk, review) in enumerate(found, start=1):
            _write(pk, review)
            wishes.progress(done, len(found))
    rebuild_ratings()


def _told() -> Iterator[tuple[str, _Told]]:
    """Yield the token of the order that each review belongs to, and the review."""
    number = 0
    for product in json.loads(CATALOGUE.read_text(encoding="utf-8"))["products"]:
        for place, row in enumerate(product["reviews"]):
            number += 1
            yield f"{TOKEN}{product['code']}-{place}", _read(number, row)


def _read(number: int, row: dict[str, Any]) -> _Told:
    day = date.fromisoformat(row["date"])
    return _Told(
        number=number,
        rating=row["rating"],
        text=row["text"],
        written_at=timezone.make_aware(datetime.combine(day, EVENING)),
        helpful=row["helpful"],
    )


def _write(pk: int, told: _Told) -> None:
    received_at = OrderItem.objects.values_list("received_at", flat=True).get(pk=pk)
    written_at = max(told.written_at, received_at or told.written_at)
    written = (
        Review.objects.pending()
        .filter(pk=pk)
        .update(
            state=Review.State.WRITTEN,
            rating=told.rating,
            body=told.text,
            is_anonymous=told.number % ANONYMOUS == 0,
            written_at=written_at,
            language=language_of(told.text),
            public_id=new_public_id(),
            edit_by=written_at + timedelta(days=30),
            follow_up_by=written_at + timedelta(days=180),
            helpful_opening=told.helpful,
            helpful_count=told.helpful,
        )
    )
    if not written:
        return
    set_review_state(item_id=pk, state=Review.State.WRITTEN)
    _add_to_it(pk, told, written_at)


def _add_to_it(pk: int, told: _Told, written_at: datetime) -> None:
    """Let some have photos of what was bought, a follow-up, a reply of the shop."""
    now = clock.now()
    chinese = language_of(told.text) == "zh"
    later = written_at + FOLLOWED_UP_AFTER
    if told.number % FOLLOWED_UP == 0 and later <= now:
        body = FOLLOW_UPS[told.number // FOLLOWED_UP % len(FOLLOW_UPS)]
        FollowUp.objects.create(
            review_id=pk, body=body[0] if chinese else body[1], written_at=later
        )
    staff = User.objects.filter(is_staff=True).order_by("pk").first()
    if staff and told.rating <= BAD and told.number % ANSWERED:
        Reply.objects.create(
            review_id=pk,
            body=REPLY[0] if chinese else REPLY[1],
            by=staff,
            written_at=min(written_at + ANSWERED_AFTER, now),
        )
    if told.number % WITH_PHOTOS == 0:
        _photograph(pk, 1 + told.number // WITH_PHOTOS % 3)


def _photograph(pk: int, number: int) -> None:
    """Take pictures of what was bought, in as many cuts."""
    stem = OrderItem.objects.values_list("picture_stem", flat=True).get(pk=pk)
    source = images.file_of(stem, max(WIDTHS))
    if not (stem and source.is_file()):
        return
    with Image.open(source) as opened:
        whole = opened.convert("RGB")
    width, height = whole.size
    cuts = [
        whole.crop((n * width // 8, n * height // 8, width, height))
        for n in range(number)
    ]
    ReviewPhoto.objects.bulk_create(
        ReviewPhoto(review_id=pk, stem=each, position=position)
        for position, each in enumerate(photos.store(cuts))
    )
