"""Pictures by file name: from a folder or a ZIP, or among those stored already.

Nothing is ever unpacked to disk: a member is read, decoded and encoded anew.
"""

import hashlib
import re
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from catalog import pictures
from catalog.exchange import cells
from catalog.exchange.problems import Unreadable
from catalog.exchange.reading import Sheet
from shop import images

MOST_MEMBERS = 50_000
MOST_BYTES = images.MOST_MEBIBYTES * 1024 * 1024
_STORED_NAME = re.compile(r"([0-9a-f]{24})\.webp")


class PictureFiles:
    """Finds pictures by their file names and remembers what it found.

    With `is_kept` they are stored, else only looked at. `stored` are the stems that
    were not there before, for cleaning up when nothing comes of it.
    """

    def __init__(self, path: Path | None = None, *, is_kept: bool = False) -> None:
        self.is_kept = is_kept
        self.stored: set[str] = set()
        self._found: dict[str, str] = {}
        self._folder = path if path and path.is_dir() else None
        self._archive: zipfile.ZipFile | None = None
        self._members: dict[str, zipfile.ZipInfo] = {}
        if path and not self._folder:
            self._open(path)

    def stem(self, name: str) -> str:
        """Return the stem of a picture. Raises ValidationError: there is none such."""
        if name not in self._found:
            self._found[name] = self._look_for(name)
        return self._found[name]

    def keep(self, sheet: Sheet) -> None:
        """Store all pictures that a file names; what is wrong, the plan will say."""
        for _line, texts in sheet.rows:
            for name in cells.parts_of(texts.get("pictures", "")):
                with suppress(ValidationError):
                    self.stem(name.strip())

    def forget(self, known: set[str]) -> None:
        """Take away what was stored in vain: all stems but the known ones."""
        for stem in self.stored - known:
            for width in pictures.WIDTHS:
                pictures.file_of(stem, width).unlink(missing_ok=True)

    def _look_for(self, name: str) -> str:
        if not name or name != Path(name).name or "\\" in name or name.startswith("."):
            raise ValidationError(_("Write the name of the file alone, no path."))
        content = self._content(name)
        if content is None:
            stored = _STORED_NAME.fullmatch(name)
            stem = _stem(stored[1]) if stored else ""
            if stem and pictures.file_of(stem, pictures.WIDTHS[-1]).is_file():
                return stem
            told = _("There is no picture “%(name)s”.")
            raise ValidationError(told, params={"name": name})
        return self._stored(content)

    def _stored(self, content: bytes) -> str:
        stem = _stem(hashlib.sha256(content).hexdigest()[:24])
        is_there = pictures.file_of(stem, pictures.WIDTHS[-1]).is_file()
        if not is_there and self.is_kept:
            self.stored.add(stem)
            return pictures.store(ContentFile(content))
        if not is_there:
            images.open_upload(ContentFile(content), len(content))
        return stem

    def _content(self, name: str) -> bytes | None:
        if self._folder:
            path = self._folder / name
            # A link may point anywhere on the machine.
            if not path.is_file() or path.is_symlink():
                return None
            self._refuse_large(path.stat().st_size)
            return path.read_bytes()
        if self._archive and name in self._members:
            self._refuse_large(self._members[name].file_size)
            try:
                return self._archive.read(self._members[name])
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
                told = _("The ZIP is damaged or locked there.")
                raise ValidationError(told) from error
        return None

    def _refuse_large(self, size: int) -> None:
        if size > MOST_BYTES:
            told = _("The picture is larger than %(most)s MB.")
            raise ValidationError(told, params={"most": images.MOST_MEBIBYTES})

    def _open(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
            told = _("The pictures are neither a folder nor a ZIP file.")
            raise Unreadable(told) from error
        members = self._archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise Unreadable(_("There are too many files in the ZIP."))
        for member in members:
            self._take(member)

    def _take(self, member: zipfile.ZipInfo) -> None:
        path = _name_of(member).replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or ":" in path:
            raise Unreadable(_("The ZIP has a path in it that leads outside."))
        name = path.rpartition("/")[2]
        if member.is_dir() or path.startswith("__MACOSX/") or not name:
            return
        if name in self._members:
            text = _("The ZIP has two files of the same name: %(name)s")
            raise Unreadable(str(text) % {"name": name})
        self._members[name] = member


def _stem(digest: str) -> str:
    return f"{pictures.FOLDER}/{digest[:2]}/{digest}"


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 mark Windows in China means GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.orig_filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename
