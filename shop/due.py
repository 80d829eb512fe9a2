"""What the clock does: the registry behind `run_due` (row J1).

An app's `due.py` registers finders under a task's name; several apps may share one.
A finder returns the oldest deeds that are due by a moment; doing one takes it out of
what the finder returns, and doing it twice, or in two runners at once, does it once.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from shop import clock
from shop.models import ClockRun

logger = logging.getLogger(__name__)

BATCH = 200
EVERYTHING = 10**9
#: `/readyz` is content when the last run is no older than this, in seconds.
LONGEST_SILENCE = 15 * 60


@dataclass(frozen=True)
class Deed:
    """Something that is due: what, to which order and item, since when.

    `do` does it, and returns False when there was nothing left to do.
    """

    what: str
    key: object
    due_at: datetime
    do: Callable[[], object]
    order_number: str = "-"
    item_id: str = "-"

    def __str__(self) -> str:
        return f"{self.what} {self.order_number} {self.item_id}"


#: (due by this moment, at most so many) -> the oldest first
Finder = Callable[[datetime, int], Collection[Deed]]

#: Does what is overdue and touches these things, named by their ids.
Settler = Callable[[Collection[int]], object]

#: (due by this moment, of these tasks only) -> all of it, and what follows upon it
Foreseer = Callable[[datetime, Collection[str]], Iterable[Deed]]

_foreseers: list[Foreseer] = []
_foreseen: set[Finder] = set()
_finders: dict[str, list[Finder]] = {}
_settlers: dict[str, list[Settler]] = {}


def task(name: str, *, is_foreseen: bool = False) -> Callable[[Finder], Finder]:
    """Register a finder under a task's name.

    `is_foreseen`: somebody's `foresight` says what it will find, and what follows.
    """

    def register(finder: Finder) -> Finder:
        _finders.setdefault(name, []).append(finder)
        if is_foreseen:
            _foreseen.add(finder)
        return finder

    return register


def settler(topic: str) -> Callable[[Settler], Settler]:
    """Register who settles what is overdue about things of a topic."""

    def register(function: Settler) -> Settler:
        _settlers.setdefault(topic, []).append(function)
        return function

    return register


def settle(topic: str, ids: Collection[int]) -> None:
    """Do now what is overdue about these things, whether or not a command ran."""
    for function in _settlers.get(topic, []):
        function(ids)


def task_names() -> list[str]:
    """Return the names of all tasks."""
    return sorted(_finders)


def foresight(function: Foreseer) -> Foreseer:
    """Register who says all that a run would do, in place of foreseen finders."""
    _foreseers.append(function)
    return function


def due_by(moment: datetime, only: Collection[str] = ()) -> list[Deed]:
    """Return what is due by `moment`, in the order of due moments.

    At most a batch of each finder, and nothing that is due later than what is left.
    """
    return _first_of(moment, only, set())


def forecast(moment: datetime, only: Collection[str] = ()) -> list[Deed]:
    """Return all that a run at `moment` would do, in the order of due moments.

    With what becomes due by then through what is done before.
    """
    names = set(only or _finders)
    deeds = [deed for function in _foreseers for deed in function(moment, names)]
    for find in _finders_of(names):
        if find not in _foreseen:
            deeds += find(moment, EVERYTHING)
    return sorted(deeds, key=lambda deed: deed.due_at)


def run(
    moment: datetime, only: Collection[str] = ()
) -> Iterator[tuple[Deed, Exception | None]]:
    """Do all that is due by `moment`; yield each deed with its error, if any.

    What becomes due by doing is done too. Each deed happens at the moment it was due,
    not at the moment of the run (docs/order-life-cycle.md, "The clock").
    """
    tried: set[tuple[str, object]] = set()
    while batch := _first_of(moment, only, tried):
        for deed in batch:
            tried.add((deed.what, deed.key))
            done, error = _do(deed)
            if done or error:
                yield deed, error


def _do(deed: Deed) -> tuple[bool, Exception | None]:
    try:
        with clock.at(deed.due_at):
            # False: somebody else was quicker, or it is not due any more.
            return deed.do() is not False, None
    except Exception as error:  # one bad row stops no other
        logger.exception("%s failed", deed)
        return False, error


def _first_of(
    moment: datetime, only: Collection[str], tried: Collection[tuple[str, object]]
) -> list[Deed]:
    found: list[Deed] = []
    horizon = moment
    for finder in _finders_of(only or _finders):
        deeds = list(finder(moment, BATCH))
        fresh = [deed for deed in deeds if (deed.what, deed.key) not in tried]
        if fresh and len(deeds) >= BATCH:
            # There may be more; they come after the last of these.
            horizon = min(horizon, fresh[-1].due_at)
        found += fresh
    ready = [deed for deed in found if deed.due_at <= horizon]
    return sorted(ready, key=lambda deed: deed.due_at)


def _finders_of(names: Collection[str]) -> Iterator[Finder]:
    for name, finders in _finders.items():
        if name in names:
            yield from finders


def mark_run() -> None:
    """Remember that a run came to its end just now, by the machine's time."""
    ClockRun.objects.update_or_create(pk=1, defaults={"finished_at": timezone.now()})


def is_fine() -> bool:
    """Tell whether the clock works: a run lately, or nothing that waits for one."""
    last = ClockRun.objects.filter(pk=1).first()
    if last and (timezone.now() - last.finished_at).total_seconds() < LONGEST_SILENCE:
        return True
    return not due_by(clock.now())
