"""ZIP files that no honest program makes."""

import io
import zipfile
import zlib


def zip_of(*members):
    """Return a ZIP of (name or ZipInfo, content) pairs, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def lying(name, body, *, says, method=zipfile.ZIP_DEFLATED, beside=()):
    """Return a ZIP with a member that is longer than it says, checksum and all."""
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    content = zip_of(*beside, (info, body))
    for true, told in (
        (len(body), says),
        (zlib.crc32(body), zlib.crc32(body[:says])),
    ):
        spelt = true.to_bytes(4, "little")
        assert spelt in content
        content = content.replace(spelt, told.to_bytes(4, "little"))
    return content
