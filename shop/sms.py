"""Text messages leave through the gateway that SMS_URL names.

`console://` prints, `file:///folder` writes each message to a file of its own,
`memory://` keeps them for tests. Each writes the receiver on the first line.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings


class NotSent(Exception):
    """The gateway did not take the message; a later try may succeed."""


#: What `memory://` has sent: (receiver, text), oldest first.
memory: list[tuple[str, str]] = []


def send(receiver: str, text: str) -> None:
    """Send one text message. Raises NotSent or OSError."""
    url = urlsplit(settings.SMS_URL)
    GATEWAYS[url.scheme](receiver, text, unquote(url.path))


def _to_console(receiver: str, text: str, path: str) -> None:
    sys.stdout.write(f"{receiver}\n{text}\n{'-' * 40}\n")
    sys.stdout.flush()


def _to_file(receiver: str, text: str, path: str) -> None:
    write_message_file(Path(path), "sms", f"{receiver}\n{text}\n")


def _to_memory(receiver: str, text: str, path: str) -> None:
    memory.append((receiver, text))


GATEWAYS: dict[str, Callable[[str, str, str], None]] = {
    "console": _to_console,
    "file": _to_file,
    "memory": _to_memory,
}


def write_message_file(folder: Path, prefix: str, content: str) -> None:
    """Write one message into a file of its own, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder, prefix=".", suffix=".tmp", delete=False
    ) as file:
        file.write(content)
    written = Path(file.name)
    # Named by the moment, so that a listing is in the order of sending.
    moment = written.stat().st_mtime_ns
    written.rename(folder / f"{prefix}-{moment}-{written.stem[1:]}.txt")
