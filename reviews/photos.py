"""Where the photos of reviews lie, and how many one may have (`shop.photos`)."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from PIL import Image

from shop import photos
from shop.photo_fields import MOST
from shop.photos import StoredPhoto, files_of, remove, shrunk

__all__ = [
    "MOST",
    "StoredPhoto",
    "files_of",
    "folder",
    "photos_of",
    "remove",
    "shrunk",
    "store",
]

FOLDER = "reviews"


def store(pictures: Sequence[Image.Image]) -> list[str]:
    """Store pictures, all or none; return their stems. Raises PhotosNotSaved."""
    return photos.store(pictures, FOLDER)


def photos_of(listed: str | None) -> list[StoredPhoto]:
    """Return the photos that `with_listed_photos` found, in their order."""
    named = [each.split(" ") for each in (listed or "").split(",") if each]
    named.sort(key=lambda each: int(each[0]))
    return [StoredPhoto(stem) for _position, stem in named]


def folder() -> Path:
    """Return the folder in which all photos lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER
