"""Log lines: one line an event, each with the id of the request that caused it."""

import logging
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


class OneLineFormatter(logging.Formatter):
    """Print a record as one line, so that no input can forge another one.

    A traceback follows on lines of its own, each marked with a bar.
    """

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"
        )

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)

    def formatException(self, ei: object) -> str:
        text = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"    | {line}" for line in text.splitlines())
