"""Files that wait for staff's yes, and the pictures that came with them (row I5).

Pictures are decoded, and stored anew, when they are uploaded: the yes then costs no
time, and a ZIP of a stranger is opened once and never kept.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError

from catalog import pictures
from catalog.exchange.applying import one_at_a_time
from catalog.exchange.picture_files import PictureFiles, Taken, TakenPicture, names_in
from catalog.exchange.picture_sources import PictureArchive
from catalog.exchange.reading import Sheet
from catalog.models import Picture, ProductImport
from shop.retry import whole_deed


def keep(
    sheet: Sheet,
    *,
    content: bytes,
    archive: PictureArchive | None,
    by_id: int,
    session: str,
    now: datetime,
) -> ProductImport:
    """Keep an uploaded file, with those pictures of the ZIP that its rows name.

    Raises OSError when the disk does not take a picture; then nothing is kept.
    """
    for expired in ProductImport.objects.expired(now).defer("content").order_by("pk"):
        forget(expired)
    files = PictureFiles(archive, is_kept=True)
    kept = None
    try:
        kept = ProductImport.objects.create(
            by_id=by_id,
            session=session,
            name=sheet.name[-160:],
            content=content,
            pictures=_taken(sheet, files, archive) if archive else {},
            created_at=now,
        )
    finally:
        if kept is None:
            _tidy(files.stored)
    return kept


def forget(kept: ProductImport) -> None:
    """Forget a file, and those of its pictures that no product has got."""
    kept.delete()
    _tidy({picture["stem"] for picture in kept.pictures.values()} - {""})


def waiting_stems() -> set[str]:
    """Return the stems of all pictures that wait together with their file."""
    rows = ProductImport.objects.order_by("pk").values_list("pictures", flat=True)
    return {picture["stem"] for taken in rows for picture in taken.values()} - {""}


def _taken(sheet: Sheet, files: PictureFiles, archive: PictureArchive) -> Taken:
    found: dict[str, TakenPicture] = {}
    for name in names_in(sheet):
        if name in archive:
            found[name] = _taken_one(files, name)
    return found


def _taken_one(files: PictureFiles, name: str) -> TakenPicture:
    try:
        return {"stem": files.stem(name), "wrong": ""}
    except ValidationError as error:
        return {"stem": "", "wrong": " ".join(error.messages)}


@whole_deed
def _tidy(stems: Collection[str]) -> None:
    # An import that is under way may give them to a product. Whoever comes after it
    # sees those products; whoever came before sees that the files are gone.
    one_at_a_time()
    used = Picture.objects.filter(stem__in=stems).values_list("stem", flat=True)
    left = set(stems) - set(used) - waiting_stems()
    for stem in left - pictures.claimed(left):
        pictures.remove(stem)
