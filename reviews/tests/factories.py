"""Reviews for tests, each on an item that was bought, sent and received."""

import io
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from orders.tests.factories import make_order
from reviews.models import Review, SensitiveWord
from reviews.services import Opinion, praise, write_review
from reviews.wording import key_of
from shop import clock

BODY = "Light, quiet and quick."


def make_pending(user=None, product=None) -> Review:
    """Buy and receive one item; return its review row, which waits."""
    order = make_order(user, product, status="completed")
    return Review.objects.get(item__order=order)


def make_praised(user=None, product=None) -> Review:
    """Buy and receive one item, and let its time go by."""
    review = make_pending(user, product)
    due_at = review.item.praise_at
    assert due_at
    with clock.at(due_at):
        assert praise(review.pk)
    review.refresh_from_db()
    return review


def make_word(word="badword") -> SensitiveWord:
    """Put a word into staff's list."""
    return SensitiveWord.objects.create(
        word=word, key=key_of(word), added_at=clock.now()
    )


def make_held(user=None, product=None, *, body="A badword is in it.") -> Review:
    """Write a review that the word list holds."""
    if not SensitiveWord.objects.exists():
        make_word()
    review = make_written(user, product, body=body)
    assert review.is_held
    return review


def make_written(user=None, product=None, *, pictures=(), **changes) -> Review:
    """Buy, receive and review one item."""
    review = make_pending(user, product)
    opinion = Opinion(**{"rating": 5, "body": BODY, **changes})
    write_review(review=review, opinion=opinion, pictures=pictures)
    review.refresh_from_db()
    return review


def picture(kind="PNG", size=(60, 40), colour=(200, 30, 30), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def upload(content=None, name="me.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def photo_files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "reviews"
    return sorted(path for path in folder.rglob("*") if path.is_file())
