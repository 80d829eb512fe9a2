"""Buyers' photos on disk: two sizes of WebP under a random name.

The name says nothing about who sent it, and the same picture sent by two accounts has
two names: by its address nobody learns that they belong together.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from reviews.refusals import PhotosNotSaved
from shop import images

FOLDER = "reviews"
#: A square to look through, and the whole picture, no side longer than this.
SMALL, LARGE = 240, 1200
MOST = 9


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


def store(pictures: Sequence[Image.Image]) -> list[str]:
    """Store pictures, as `shop.images` decoded them; return their stems.

    All or none: raises PhotosNotSaved when the disk refuses one.
    """
    stems: list[str] = []
    try:
        for picture in pictures:
            stems.append(_new_stem())
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
    folder = Path(settings.MEDIA_ROOT)
    return [folder / f"{stem}-{width}.webp" for width in (SMALL, LARGE)]


def folder() -> Path:
    """Return the folder in which all photos lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER


def _new_stem() -> str:
    name = secrets.token_hex(16)
    return f"{FOLDER}/{name[:2]}/{name}"


def _write(stem: str, picture: Image.Image) -> None:
    small, large = files_of(stem)
    square = ImageOps.fit(picture, (SMALL, SMALL), Image.Resampling.LANCZOS)
    images.save_webp(square, small)
    images.save_webp(picture, large)
