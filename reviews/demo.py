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

from orders.models import OrderItem
from orders.services.items import set_review_state
from reviews.languages import language_of
from reviews.models import Review
from reviews.models.reviews import new_public_id
from reviews.ratings import rebuild_ratings
from shop import demo

CATALOGUE = settings.BASE_DIR / "catalog" / "fixtures" / "catalogue.json"
TOKEN = "demo-review-"  # noqa: S105, the beginning of the orders' tokens
#: In the evening of its day; the item came in the morning.
EVENING = time(20)
#: Every so many-th does not show its author's name.
ANONYMOUS = 7


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
    if written:
        set_review_state(item_id=pk, state=Review.State.WRITTEN)
