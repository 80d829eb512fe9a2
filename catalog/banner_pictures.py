"""Banner pictures on disk: three widths of WebP, 8 wide to 3 high.

Named by their content, as product pictures are (`catalog.pictures`), but cut to the
shape of the stage at the top of the home page.
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from PIL import Image, ImageOps

from shop import images

#: In pixels; with RATIO their heights are whole.
WIDTHS = (640, 1120, 1600)
RATIO = (8, 3)
FOLDER = "banners"


@dataclass(frozen=True)
class StoredBanner:
    """A banner's picture that was stored under `stem`."""

    stem: str

    def url(self, width: int) -> str:
        """Return the address of the file of one of WIDTHS."""
        return f"{settings.MEDIA_URL}{self.stem}-{width}.webp"

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.url(width)} {width}w" for width in WIDTHS)


def store(upload: "File[bytes]") -> str:
    """Store a picture in all widths and return its stem.

    Raises ValidationError when it is no picture that we take, OSError when the disk
    does not.
    """
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()[:24]
    stem = f"{FOLDER}/{digest[:2]}/{digest}"
    upload.seek(0)
    if not all(images.file_of(stem, width).is_file() for width in WIDTHS):
        _write(stem, images.open_upload(upload, len(content)))
    return stem


def height_of(width: int) -> int:
    """Return the height of a banner of this width."""
    return width * RATIO[1] // RATIO[0]


def _write(stem: str, image: Image.Image) -> None:
    for width in WIDTHS:
        # Words stand on the left: what is too wide loses its edges evenly.
        wide = ImageOps.fit(_on_white(image), (width, height_of(width)))
        images.save_webp(wide, images.file_of(stem, width))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "#ffffff")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
