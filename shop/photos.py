"""Shoppers' photos on disk: two sizes of WebP under a random name, in a folder each.

The name says nothing about who sent it, and the same picture sent by two accounts has
two names: by its address nobody learns that they belong together.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from shop import images
from shop.refusals import Refusal

#: A square to look through, and the whole picture, no side longer than this.
SMALL, LARGE = 240, 1200


class PhotosNotSaved(Refusal):
    """The disk refuses; nothing was kept."""

    error = "photos_not_saved"
    message = _(
        "We could not store your photos just now. Nothing was sent; please try again "
        "later, or without photos."
    )


@dataclass(frozen=True)
class StoredPhoto:
    """A photo that was stored under `stem`."""

    stem: str

    @property
    def small(self) -> str:
        return self._url(SMALL)

    @property
    def large(self) -> str:
        return self._url(LARGE)

    @property
    def side(self) -> int:
        """Width and height of the small one."""
        return SMALL

    def _url(self, width: int) -> str:
        return f"{settings.MEDIA_URL}{self.stem}-{width}.webp"


def shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture no larger than we keep, so that nine of them fit in memory."""
    picture.thumbnail((LARGE, LARGE))
    if picture.mode == "RGB":
        return picture
    paper = Image.new("RGBA", picture.size, "#ffffff")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def store(pictures: Sequence[Image.Image], folder: str) -> list[str]:
    """Store pictures, as `shop.images` decoded them; return their stems.

    All or none: raises PhotosNotSaved when the disk refuses one.
    """
    stems: list[str] = []
    try:
        for picture in pictures:
            stems.append(_new_stem(folder))
            _write(stems[-1], picture)
    except OSError as error:
        remove(stems)
        raise PhotosNotSaved from error
    except BaseException:
        remove(stems)
        raise
    return stems


def remove(stems: Iterable[str]) -> None:
    """Take photos off the disk; one that is not there is fine."""
    for stem in stems:
        for path in files_of(stem):
            path.unlink(missing_ok=True)


def files_of(stem: str) -> list[Path]:
    """Return where the files of a photo lie."""
    return [images.file_of(stem, width) for width in (SMALL, LARGE)]


def _new_stem(folder: str) -> str:
    name = secrets.token_hex(16)
    return f"{folder}/{name[:2]}/{name}"


def _write(stem: str, picture: Image.Image) -> None:
    small, large = files_of(stem)
    square = ImageOps.fit(picture, (SMALL, SMALL), Image.Resampling.LANCZOS)
    images.save_webp(square, small)
    images.save_webp(picture, large)
