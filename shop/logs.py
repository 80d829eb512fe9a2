"""Log lines: one line an event, each with the id of the request that caused it."""

import logging
import re
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    """Return the id of the request at work, or `-` outside of one."""
    return _request_id.get()


def set_request_id(request_id: str) -> None:
    """Let all log lines from here on carry `request_id`."""
    _request_id.set(request_id)


class RequestIdFilter(logging.Filter):
    """Give every record the attribute `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


#: A mobile phone and an e-mail, wherever they stand; longer numbers are none.
PHONE = re.compile(r"(?<![0-9])((?:\+?86)?1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
EMAIL = re.compile(r"([\w+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")


def masked(text: str) -> str:
    """Hide the phones and e-mails in a text: a database's error quotes its values."""
    return EMAIL.sub(r"\1***@\2", PHONE.sub(r"\1****\2", text))


class OneLineFormatter(logging.Formatter):
    """Print a record as one line, so that no input can forge another one.

    A traceback follows on lines of its own, each marked with a bar. Phones and e-mails
    are masked in both.
    """

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"
        )

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = masked(super().formatMessage(record))
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)

    def formatException(self, ei: object) -> str:
        text = masked(super().formatException(ei))  # type: ignore[arg-type]
        return "\n".join(f"    | {line}" for line in text.splitlines())
