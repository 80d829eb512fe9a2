"""SQLite whose writers within one process wait in line (docs/decisions/0016).

SQLite has one writer at a time, and lets the others look again every now and then: who
looks at the wrong moments again and again waits for ever. A lock of the process wakes
them one by one instead, so that each process has one that looks.
"""

import os
import threading
from collections import defaultdict
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_lines: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
# A child begins with no other thread, so nobody in it would end another's turn.
os.register_at_fork(after_in_child=_lines.clear)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None
        self._patience: float = self.settings_dict["OPTIONS"].get("timeout", 5)

    def wait_at_most(self, seconds: float) -> None:
        """Wait no longer than this for other writers, from now on."""
        self._patience = seconds
        with self.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def _start_transaction_under_autocommit(self) -> None:
        line = _lines[str(self.settings_dict["NAME"])]
        if not line.acquire(timeout=self._patience):
            # The words that SQLite has for it; `shop.retry` knows them.
            raise OperationalError("database is locked")
        self._turn = line
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()
