"""The shop's only source of time.

Everything that asks "what time is it?" asks here, so that `run_due --at`, the
tests and the rehearsal can set it (docs/contract.md, CLOCK_OFFSET).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """Return the shop's present moment, aware, in UTC."""
    moment = _moment.get()
    if moment is not None:
        return moment
    return timezone.now() + timedelta(seconds=settings.CLOCK_OFFSET)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the shop's clock stand still at `moment` inside the block."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
