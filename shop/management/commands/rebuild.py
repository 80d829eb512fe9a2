"""manage.py rebuild: make derived data anew."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from shop import rebuild


class Command(BaseCommand):
    help = (
        "Make derived data anew from the rows it follows from. Run again, or beside "
        "an open shop, it changes nothing that is right."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names",
            nargs="+",
            choices=list(rebuild.rebuilders()),
            metavar="NAME",
            help=", ".join(rebuild.rebuilders()),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in dict.fromkeys(options["names"]):
            if self.stderr.isatty():
                self._say(f"{name}: at work …", end="")
            started = time.monotonic()
            rows = rebuild.rebuilders()[name]()
            seconds = time.monotonic() - started
            self._say(f"{name}: {rows} rows in {seconds:.1f} s", end="\n")

    def _say(self, line: str, end: str) -> None:
        if self.stderr.isatty():
            line = f"\r\033[K{line}"
        self.stderr.write(line, style_func=str, ending=end)
        self.stderr.flush()
