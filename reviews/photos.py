"""Where the photos of reviews lie, and how many one may have (`shop.photos`)."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from PIL import Image

from shop import photos
from shop.photo_fields import MOST
from shop.photos import StoredPhoto, files_of, remove, shrunk

__all__ = ["MOST", "StoredPhoto", "files_of", "folder", "remove", "shrunk", "store"]

FOLDER = "reviews"


def store(pictures: Sequence[Image.Image]) -> list[str]:
    """Store pictures, all or none; return their stems. Raises PhotosNotSaved."""
    return photos.store(pictures, FOLDER)


def folder() -> Path:
    """Return the folder in which all photos lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER
