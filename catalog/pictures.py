"""Product pictures on disk: three widths of WebP, named by what they show.

The name is a digest of the uploaded bytes, so an address always shows the same
picture and may be cached for ever; the same file sent twice is stored once.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from django.templatetags.static import static
from PIL import Image, ImageOps

from shop import images

#: Square, in pixels. A card shows the middle one, the gallery the last.
WIDTHS = (200, 400, 800)
FOLDER = "catalog"

#: Says which of these stems somebody shows who is no product.
Claim = Callable[[Collection[str]], Collection[str]]

_claims: list[Claim] = []


@dataclass(frozen=True)
class StoredPicture:
    """A picture that was stored under `stem`; an empty stem is the placeholder."""

    stem: str

    def url(self, width: int) -> str:
        """Return the address of the file of one of WIDTHS."""
        if not self.stem:
            return static("img/placeholder.webp")
        return f"{settings.MEDIA_URL}{self.stem}-{width}.webp"

    @property
    def small(self) -> str:
        return self.url(WIDTHS[0])

    @property
    def medium(self) -> str:
        return self.url(WIDTHS[1])

    @property
    def large(self) -> str:
        return self.url(WIDTHS[-1])

    @property
    def srcset(self) -> str:
        if not self.stem:
            return ""
        return ", ".join(f"{self.url(width)} {width}w" for width in WIDTHS)


def store(upload: "File[bytes]") -> str:
    """Store a picture in all widths and return its stem.

    Raises ValidationError when it is no picture that we take, OSError when the disk
    does not.
    """
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()[:24]
    stem = stem_named(digest)
    upload.seek(0)
    if not is_stored(stem):
        _write(stem, images.open_upload(upload, len(content)))
    return stem


def stem_named(digest: str) -> str:
    """Return the stem of the picture that was uploaded with this digest."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def is_stored(stem: str) -> bool:
    """Tell whether all widths of a picture lie on disk."""
    return all(images.file_of(stem, width).is_file() for width in WIDTHS)


def claim(function: Claim) -> Claim:
    """Register who shows pictures that their product may have lost (row F4)."""
    _claims.append(function)
    return function


def claimed(stems: Collection[str]) -> set[str]:
    """Return those of some stems that are still shown, though no product has them."""
    return {stem for function in _claims for stem in function(stems)}


def remove(stem: str) -> None:
    """Take a picture's files off the disk; see first that nobody claims it."""
    for width in WIDTHS:
        images.file_of(stem, width).unlink(missing_ok=True)


def _write(stem: str, image: Image.Image) -> None:
    for width in WIDTHS:
        square = ImageOps.pad(image, (width, width), color="#ffffff")
        images.save_webp(square.convert("RGB"), images.file_of(stem, width))
