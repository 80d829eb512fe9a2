"""One call to somebody else's server by https, with an end to every wait.

Always https, no redirect is followed, and it trusts whom OpenSSL trusts; SSL_CERT_FILE,
which OpenSSL itself reads, names others.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

# A call is made inside the shopper's request, or inside the sender's of a notice.
CONNECT_SECONDS, ANSWER_SECONDS = 2, 5
LONGEST_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """There was no answer, or none that can be trusted or understood.

    Its text is a code or the fault's name, never what the other side wrote.
    """


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body, which must be UTF-8. Raises NoAnswer."""
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            raise NoAnswer("no UTF-8") from None


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    connect_seconds: float | None = None,
    answer_seconds: float | None = None,
) -> Answer:
    """Make one call, within its seconds to connect and to answer. Raises NoAnswer."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NoAnswer("no https address")
    connection = HTTPSConnection(
        parts.hostname,
        parts.port,
        timeout=connect_seconds or CONNECT_SECONDS,
        context=ssl.create_default_context(),
    )
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    try:
        connection.connect()
        with _limited(connection.sock, answer_seconds or ANSWER_SECONDS):
            connection.request(method, target, body=body or None, headers=dict(headers))
            return _read(connection.getresponse())
    except (OSError, HTTPException) as error:
        raise NoAnswer(_name_of(error)) from None
    finally:
        connection.close()


def _name_of(error: Exception) -> str:
    number = getattr(error, "errno", None)
    name = type(error).__name__
    return f"{name} {number}" if number else name


@contextmanager
def _limited(line: socket.socket, seconds: float) -> Iterator[None]:
    line.settimeout(seconds)
    # That is for one piece of the answer; who drips is cut off all the same.
    cutter = Timer(seconds, _cut, [line])
    cutter.start()
    try:
        yield
    finally:
        cutter.cancel()


def _read(response: HTTPResponse) -> Answer:
    content = response.read(LONGEST_ANSWER + 1)
    if len(content) > LONGEST_ANSWER:
        raise NoAnswer(f"HTTP {response.status}")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and len(content) < int(length):
        raise NoAnswer("cut off")
    return Answer(response.status, response.headers, content)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        # Not the TLS layer's own shutdown, which the reading thread still uses.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
