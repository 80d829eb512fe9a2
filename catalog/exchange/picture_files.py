"""Pictures by file name: of a folder, of a ZIP, or among those stored already."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from catalog import pictures
from catalog.exchange import cells
from catalog.exchange.picture_sources import PictureSource
from catalog.exchange.reading import Sheet
from shop import images

_STORED_NAME = re.compile(r"([0-9a-f]{24})\.webp")


class TakenPicture(TypedDict):
    """A picture that was taken in beforehand: its stem, or what is wrong with it."""

    stem: str
    wrong: str


#: By the file names of an upload.
Taken = Mapping[str, TakenPicture]


class PictureFiles:
    """Finds pictures by their file names and remembers what it found.

    With `is_kept` they are stored, else only looked at. `stored` are the stems that
    were not there before, for cleaning up when nothing comes of it.
    """

    def __init__(
        self,
        source: PictureSource | None = None,
        *,
        taken: Taken | None = None,
        is_kept: bool = False,
    ) -> None:
        self.is_kept = is_kept
        self.stored: set[str] = set()
        self._source = source
        self._taken: Taken = taken or {}
        self._found: dict[str, str] = {}

    def stem(self, name: str) -> str:
        """Return the stem of a picture. Raises ValidationError: there is none such."""
        name = name.strip()
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def keep(self, sheet: Sheet) -> None:
        """Store all pictures that a file names; what is wrong, the plan will say."""
        for name in names_in(sheet):
            with suppress(ValidationError):
                self.stem(name)

    def forget(self, known: set[str]) -> None:
        """Take away what was stored in vain: all stems but the known ones."""
        for stem in self.stored - known:
            pictures.remove(stem)

    def _look_for(self, name: str) -> str:
        if not name or name != Path(name).name or "\\" in name or name.startswith("."):
            raise ValidationError(_("Write the name of the file alone, no path."))
        taken = self._taken.get(name)
        if taken and taken["wrong"]:
            raise ValidationError(taken["wrong"])
        if taken and pictures.is_stored(taken["stem"]):
            return taken["stem"]
        content = self._source.read(name) if self._source else None
        if content is not None:
            return self._stored(content)
        stored = _STORED_NAME.fullmatch(name)
        stem = pictures.stem_named(stored[1]) if stored else ""
        if stem and pictures.is_stored(stem):
            return stem
        told = _("There is no picture “%(name)s”.")
        raise ValidationError(told, params={"name": name})

    def _stored(self, content: bytes) -> str:
        stem = pictures.stem_named(hashlib.sha256(content).hexdigest()[:24])
        if pictures.is_stored(stem):
            return stem
        if self.is_kept:
            self.stored.add(stem)
            return pictures.store(ContentFile(content))
        images.open_upload(ContentFile(content), len(content))
        return stem


def names_in(sheet: Sheet) -> list[str]:
    """Return the file names of all pictures that a file names, each once."""
    found = (
        name.strip()
        for _line, texts in sheet.rows
        for name in cells.parts_of(texts.get("pictures", ""))
    )
    return list(dict.fromkeys(found))
