"""How often somebody may ask for what is dear: so many times a minute.

For pages, which must not write for every reader. Each process counts in memory; only
who used up a twentieth of the number has it added to a row, where those of all
processes come together. So an ordinary visitor costs no query, and a flood over many
processes is stopped within a twentieth for each, or ten. Not for what may be tried at
most so often (passwords, codes): that is counted exactly, by `accounts.throttle`.
"""

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db import DatabaseError
from django.utils.crypto import salted_hmac

from shop import changes, clock, policy
from shop.models import RateCount
from shop.refusals import Throttled
from shop.retry import short_wait

logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
#: So many a minute a process lets pass unseen; no rule has a lower number.
FREE = 10
#: After this part of the number the others are told.
PART = 20
#: So many seconds a process remembers a rule; another may have changed it meanwhile.
REMEMBERED = 60
#: So many senders are told apart within a minute; those beyond are not counted.
MOST_SENDERS = 10_000


@dataclass
class _Tally:
    """What a sender asked for: here since it was last added, and by all until then."""

    here: int = 0
    by_all: int = 0

    @property
    def total(self) -> int:
        return self.here + self.by_all

    def add(self, enough: int) -> int:
        """Count one more; return how many are to be told to the others, or 0.

        From then on they are thought to know of them.
        """
        with _lock:
            self.here += 1
            if self.here < enough:
                return 0
            told, self.here = self.here, 0
            self.by_all += told
            return told

    def learn(self, by_all: int) -> None:
        with _lock:
            self.by_all = max(self.by_all, by_all)

    def take_back(self, told: int) -> None:
        """They could not be told: it is tried again with the next one."""
        with _lock:
            self.here += told
            self.by_all -= told


_lock = Lock()
_minute: datetime | None = None
_tallies: dict[tuple[str, str], _Tally] = {}
#: By rule: its number, and until when it is remembered.
_numbers: dict[str, tuple[int, float]] = {}


def count(rule: str, who: str) -> None:
    """Count that somebody asks for what a rule allows so many times a minute.

    Raises Throttled above its number. What is refused is not counted.
    """
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    tally = _tally_of(rule, who, minute)
    if tally is None:
        return
    if tally.total < FREE:
        tally.add(enough=FREE + 1)
        return
    most = _number_of(rule)
    if tally.total < most:
        if told := tally.add(enough=-(-most // PART)):
            _tell(tally, told, _key_of(rule, who, minute), minute + MINUTE)
        if tally.total <= most:
            return
    raise Throttled(retry_after=60 - now.second)


def forget() -> None:
    """Forget what this process counted, for tests."""
    with _lock:
        _tallies.clear()
    _numbers.clear()


@changes.follow("policy")
def rules_changed(names: Collection[Any]) -> None:
    """Let this process ask for its numbers again."""
    _numbers.clear()


def _number_of(rule: str) -> int:
    number, until = _numbers.get(rule, (0, 0.0))
    if time.monotonic() >= until:
        number = policy.whole(rule)
        _numbers[rule] = number, time.monotonic() + REMEMBERED
    return number


def _tally_of(rule: str, who: str, minute: datetime) -> _Tally | None:
    global _minute
    with _lock:
        if _minute != minute:
            _minute = minute
            _tallies.clear()
        if (rule, who) not in _tallies and len(_tallies) >= MOST_SENDERS:
            return None
        return _tallies.setdefault((rule, who), _Tally())


def _tell(tally: _Tally, number: int, key: str, ends_at: datetime) -> None:
    """Add what was counted here to that of all, and learn theirs."""
    try:
        with short_wait():
            tally.learn(RateCount.objects.all().add(key, number, ends_at))
    except DatabaseError:
        logger.warning("a rate is not told yet: the database is busy")
        tally.take_back(number)


def _key_of(rule: str, who: str, minute: datetime) -> str:
    value = f"{rule}\n{who}\n{minute.isoformat()}"
    return salted_hmac("shop.rates", value, algorithm="sha256").hexdigest()
