"""Pictures that strangers send: opened with care, kept only re-encoded.

The recipe stops bombs, polyglots, scripts in SVG and private data in EXIF
(docs/security.md, "Pictures"): size first, three formats only, dimensions before
pixels, first frame, and the stored file is always one that we wrote ourselves.
"""

import os
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_MEBIBYTES = 5
MOST_MEGAPIXELS = 40
QUALITY = 82
#: What Pillow raises over what is no picture, or a damaged one.
NO_PICTURE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,  # Pillow's word for a broken PNG
    ValueError,
    EOFError,
)
#: No page shows more; shrinking first keeps forty megapixels from being copied about.
LARGEST_SIDE = 1600


def open_upload(upload: "File[bytes] | BinaryIO", size: int) -> Image.Image:
    """Decode an uploaded picture of `size` bytes: first frame, upright, no metadata.

    Returns an RGB or RGBA image. Raises ValidationError, with a sentence for the
    shopper, when it is too large, none of the three formats, or damaged.
    """
    if size > MOST_MEBIBYTES * 1024 * 1024:
        raise ValidationError(
            _("The picture is larger than %(most)s MB."),
            params={"most": MOST_MEBIBYTES},
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=FORMATS)
            _refuse_too_many_pixels(image)
            image.seek(0)
            image.load()
            return _plain(image)
    except NO_PICTURE as error:
        raise ValidationError(
            _("This is not a JPEG, PNG or WebP picture, or it is damaged.")
        ) from error


def save_webp(image: Image.Image, path: Path) -> None:
    """Write a picture as WebP, whole or not at all, in place of what was there.

    Raises OSError, for one when the disk is full; the old file then stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            image.save(file, "WEBP", quality=QUALITY, method=4)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def file_of(stem: str, width: int) -> Path:
    """Return where a picture that was stored under `stem` lies in one of its widths."""
    return Path(settings.MEDIA_ROOT) / f"{stem}-{width}.webp"


def stem_of(path: Path) -> str:
    """Return the stem of the picture that a file belongs to."""
    inside = path.relative_to(settings.MEDIA_ROOT).as_posix()
    return inside.rpartition("-")[0]


def stored_files(folder: str, *, older_than: int) -> Iterator[Path]:
    """Return the files of a folder's pictures, of at least so many seconds of age."""
    oldest = time.time() - older_than
    for path in sorted((Path(settings.MEDIA_ROOT) / folder).rglob("*.webp")):
        if path.stat().st_mtime <= oldest:
            yield path


def _refuse_too_many_pixels(image: Image.Image) -> None:
    if image.width * image.height > MOST_MEGAPIXELS * 1_000_000:
        raise ValidationError(
            _("The picture has more than %(most)s megapixels."),
            params={"most": MOST_MEGAPIXELS},
        )


def _plain(image: Image.Image) -> Image.Image:
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    pixels = _eight_bits(upright).convert(mode)
    # A copy of the pixels alone: no EXIF, no colour profile, no comments.
    bare = Image.new(mode, pixels.size)
    bare.paste(pixels)
    return bare


def _eight_bits(image: Image.Image) -> Image.Image:
    # Pillow's conversion cuts the sixteen bits of a grey PNG off at white.
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value / 257).convert("L")
