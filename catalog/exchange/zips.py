"""ZIP files of strangers: what they say of their sizes may be a lie.

zipfile gives no more of a member than it declares, but unpacks as much as one asks
for at once, and all of it from bzip2 and LZMA. So a member is read piece by piece,
and must end where it says (docs/security.md, 39).
"""

import copy
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

CHUNK = 1024 * 1024  # bytes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What each entry of the list of members begins with.
_MEMBER = b"PK\x01\x02"
#: What zipfile raises for a file that is damaged, or made to look like a ZIP.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,
)


def members_of(file: IO[bytes]) -> int:
    """Count the members, before zipfile makes an object of each.

    May count too many, never too few.
    """
    found, tail = 0, b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        chunk = tail + chunk
        found += chunk.count(_MEMBER)
        # Shorter than the mark, so that none is counted twice.
        tail = chunk[-len(_MEMBER) + 1 :]
    file.seek(0)
    return found


def pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a member in pieces of at most CHUNK bytes. Raises one of BROKEN."""
    if member.compress_type not in METHODS:
        raise zipfile.BadZipFile("packed in a way that we do not take")
    longer = copy.copy(member)
    # One byte more than it says, so that there being more shows.
    longer.file_size += 1
    unpacked = 0
    with archive.open(longer) as file:
        while piece := file.read(CHUNK):
            unpacked += len(piece)
            if unpacked > member.file_size:
                raise zipfile.BadZipFile("more than it says")
            yield piece
