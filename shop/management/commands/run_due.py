"""manage.py run_due: do what is due (row J1)."""

import logging
import signal
import threading
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop import clock, due

logger = logging.getLogger(__name__)

#: Seconds between two runs of `--forever`.
PAUSE = 10


class Command(BaseCommand):
    help = (
        "Do all that the clock has made due: every timer of the shop. Safe to run "
        "twice, or twice at once. Exits 1 when a deed failed; the others are done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="NAME",
            help=f"only this task; may be repeated: {', '.join(due.task_names())}",
        )
        parser.add_argument(
            "--at",
            metavar="TIME",
            help="act as of this time (ISO; without offset the shop's zone)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="list `<what> <order number> <item id>`, one a line, in the order of "
            "due moments, with what one makes due for another; do nothing",
        )
        parser.add_argument(
            "--forever",
            action="store_true",
            help=f"run again every {PAUSE} seconds until told to end",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        unknown = set(only) - set(due.task_names())
        if unknown:
            known = ", ".join(due.task_names())
            raise CommandError(f"unknown task {', '.join(unknown)}; known: {known}")
        moment = self._moment(options["at"])
        if options["dry_run"]:
            for deed in due.forecast(moment or clock.now(), only):
                self.stdout.write(str(deed))
        elif options["forever"]:
            self._run_forever(only)
        elif self._run(moment or clock.now(), only):
            raise CommandError("some deeds failed; the log says which and why")

    def _moment(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError as error:
            raise CommandError(f"--at: {error}") from error
        if moment is None:
            raise CommandError("--at takes an ISO time such as 2026-12-01T00:00")
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment

    def _run(self, moment: datetime, only: list[str]) -> int:
        failed = 0
        for deed, error in due.run(moment, only):
            if error:
                failed += 1
                self.stderr.write(f"failed: {deed}: {type(error).__name__}")
            else:
                self.stdout.write(str(deed))
        if not only:
            due.mark_run()
        return failed

    def _run_forever(self, only: list[str]) -> None:
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ended.set())
        while not ended.is_set():
            close_old_connections()
            try:
                self._run(clock.now(), only)
            except DatabaseError:
                # Locked, restarted, not there yet: the next round tries again.
                logger.exception("a run ended early")
            ended.wait(PAUSE)
