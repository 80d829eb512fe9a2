"""The gateways that send nothing outside: for a shop to try, and for tests."""

import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shop.sms.text_message import TextMessage

#: What `memory://` has sent: (receiver, text), oldest first.
memory: list[tuple[str, str]] = []


def to_console(message: TextMessage, url: str) -> None:
    """Print the message."""
    sys.stdout.write(f"{message.receiver}\n{message.text}\n{'-' * 40}\n")
    sys.stdout.flush()


def to_file(message: TextMessage, url: str) -> None:
    """Write the message into a file of its own, in the address's folder."""
    folder = Path(unquote(urlsplit(url).path))
    write_message_file(folder, "sms", f"{message.receiver}\n{message.text}\n")


def to_memory(message: TextMessage, url: str) -> None:
    """Keep the message in `memory`."""
    memory.append((message.receiver, message.text))


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
