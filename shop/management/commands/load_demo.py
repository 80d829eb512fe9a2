"""manage.py load_demo: a shop to try (row J2)."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from shop import demo


def whole_number(text: str) -> int:
    """Read a number of things: 0 or more."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


class Command(BaseCommand):
    help = (
        "Fill the shop with a catalogue in two languages, pictures, shoppers and "
        "staff. Run again, it writes no row anew. Prints the accounts to sign in with, "
        "`role phone password` a line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--products",
            type=whole_number,
            default=0,
            metavar="N",
            help="fill the catalogue up to N products, for load tests",
        )
        parser.add_argument(
            "--orders", type=whole_number, default=0, metavar="N", help="up to N orders"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="one seed, one identical shop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = demo.Wishes(
            products=options["products"],
            orders=options["orders"],
            random=Random(options["seed"]),  # noqa: S311, no secret
        )
        for title, step in demo.steps():
            started = time.monotonic()
            wishes.progress = self._progress(str(title))
            step(wishes)
            seconds = time.monotonic() - started
            self._say(f"{title}: done in {seconds:.1f} s", end="\n")
        if not settings.DEBUG:
            warning = (
                "Everybody knows these passwords. Never leave them on a real shop."
            )
            self.stderr.write(self.style.WARNING(warning))
        for role, phone, password in demo.all_accounts():
            self.stdout.write(f"{role} {phone} {password}")

    def _progress(self, title: str) -> demo.Progress:
        def show(done: int, total: int) -> None:
            if self.stderr.isatty():
                self._say(f"{title}: {done} of {total}", end="")

        return show

    def _say(self, line: str, end: str) -> None:
        # To stderr, so that stdout holds the accounts alone.
        if self.stderr.isatty():
            line = f"\r\033[K{line}"
        self.stderr.write(line, style_func=str, ending=end)
        self.stderr.flush()
