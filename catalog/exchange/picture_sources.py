"""Where an import's pictures come from: a folder, or a ZIP opened with care.

Nothing is ever unpacked to disk. A member is read into memory, and never more of it
than one picture may have.
"""

import stat
import unicodedata
import zipfile
from pathlib import Path
from typing import IO, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.exchange import zips
from catalog.exchange.problems import Unreadable
from shop import images

MOST_MEMBERS = 50_000
MOST_BYTES = images.MOST_MEBIBYTES * 1024 * 1024
_IS_UTF8 = 0x800
#: What systems put beside pictures, in every folder.
_LITTER = {"__macosx", "thumbs.db", "desktop.ini"}


class PictureSource(Protocol):
    """Gives the bytes of a picture by its file name."""

    def read(self, name: str) -> bytes | None:
        """Return them, None when there is none. Raises ValidationError."""


def open_source(path: Path) -> PictureSource:
    """Open a folder or a ZIP. Raises Unreadable."""
    if path.is_dir():
        return PictureFolder(path)
    try:
        return PictureArchive(path.open("rb"))
    except OSError as error:
        raise Unreadable(
            _("The pictures are neither a folder nor a ZIP file.")
        ) from error


class PictureFolder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> bytes | None:
        path = self._path / name
        # A link may point anywhere on the machine.
        if not path.is_file() or path.is_symlink():
            return None
        _refuse_large(path.stat().st_size)
        return path.read_bytes()


class PictureArchive:
    """A ZIP's pictures. Raises Unreadable for one that no honest program makes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            _refuse_crowd(file)
            self._archive = zipfile.ZipFile(file)
        except zips.BROKEN as error:
            told = _("The pictures are neither a folder nor a ZIP file.")
            raise Unreadable(told) from error
        for member in self._archive.infolist():
            self._take(member)

    def __contains__(self, name: str) -> bool:
        return unicodedata.normalize("NFC", name) in self._members

    def read(self, name: str) -> bytes | None:
        member = self._members.get(unicodedata.normalize("NFC", name))
        if member is None:
            return None
        _refuse_large(member.file_size)
        try:
            return b"".join(zips.pieces(self._archive, member))
        except zips.BROKEN as error:
            told = gettext_lazy("The ZIP is damaged or locked there.")
            raise ValidationError(told) from error

    def _take(self, member: zipfile.ZipInfo) -> None:
        path = _path_of(member)
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or ":" in path:
            text = _("The ZIP has a path in it that leads outside: %(name)s")
            raise Unreadable(text % {"name": path})
        if stat.S_ISLNK(member.external_attr >> 16):
            text = _("The ZIP has a link in it, which is no picture: %(name)s")
            raise Unreadable(text % {"name": path})
        if not parts[-1] or any(map(_is_litter, parts)):
            return
        if parts[-1] in self._members:
            text = _("The ZIP has two files of the same name: %(name)s")
            raise Unreadable(text % {"name": parts[-1]})
        self._members[parts[-1]] = member


def _refuse_large(size: int) -> None:
    if size > MOST_BYTES:
        told = gettext_lazy("The picture is larger than %(most)s MB.")
        raise ValidationError(told, params={"most": images.MOST_MEBIBYTES})


def _refuse_crowd(file: IO[bytes]) -> None:
    if zips.members_of(file) > MOST_MEMBERS:
        raise Unreadable(_("There are too many files in the ZIP."))


def _is_litter(part: str) -> bool:
    return part.startswith(".") or part.casefold() in _LITTER


def _path_of(member: zipfile.ZipInfo) -> str:
    """Return a member's path, composed, as names in a spreadsheet are."""
    return unicodedata.normalize("NFC", _decoded(member)).replace("\\", "/")


def _decoded(member: zipfile.ZipInfo) -> str:
    """Decode a name: without the UTF-8 mark a Mac means UTF-8, Windows in China GBK."""
    if member.flag_bits & _IS_UTF8:
        return member.filename
    raw = member.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
