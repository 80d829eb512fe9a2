"""One retry wrapper, around a whole transaction (docs/decisions/0003)."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.3  # seconds
SHORT_WAIT = 0.1  # seconds
#: Deadlock, lock wait, record changed: the connection is still good.
CONFLICTS = {1213, 1205, 1020}
#: Cluster not ready, server gone, connection lost or ended by the server.
LOST_CONNECTIONS = {1047, 2002, 2003, 2006, 2013, 2014, 4031}


def whole_deed(deed: Callable[P, R]) -> Callable[P, R]:
    """Run `deed` in one durable transaction, again from the start after a conflict.

    A cluster reports conflicts as late as COMMIT, so the whole transaction is tried
    again, up to 8 times. `deed` must therefore bear being run again: it touches nothing
    but the database; mail, files and HTTP wait for `transaction.on_commit`.
    """

    @wraps(deed)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for tried in range(1, TRIES + 1):
            try:
                with transaction.atomic(durable=True):
                    return deed(*args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                if tried == TRIES or not _may_pass(error):
                    raise
                _prepare_next_try(error, tried)
        raise AssertionError("the loop returns or raises")

    return run


@contextmanager
def short_wait() -> Iterator[None]:
    """Let what is written inside wait for SQLite's one lock only a moment.

    For what may be lost rather than keep a reader waiting; OperationalError then. MySQL
    locks rows, of which such a write must touch none that others hold for long.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
    connection.wait_at_most(SHORT_WAIT)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.wait_at_most(usual)  # type: ignore[attr-defined]


def after_commit(do: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call `do` when the transaction commits. If it fails, what was committed stands.

    Not a `partial` given to `on_commit(robust=True)`: when that fails, Django asks it
    for its name, which it has not, and the caller gets an AttributeError.
    """

    @wraps(do)
    def call() -> None:
        do(*args, **kwargs)

    transaction.on_commit(call, robust=True)


def _code(error: Exception) -> object:
    return error.args[0] if error.args else None


def _may_pass(error: Exception) -> bool:
    if _code(error) in CONFLICTS | LOST_CONNECTIONS:
        return True
    return "database is locked" in str(error)


def _prepare_next_try(error: Exception, tried: int) -> None:
    if _code(error) in LOST_CONNECTIONS:
        connection.close()
    pause = min(FIRST_PAUSE * 2 ** (tried - 1), LONGEST_PAUSE)
    time.sleep(random.uniform(pause / 2, pause))  # noqa: S311, no secret
