"""manage.py audit: recount all that is stored twice (row J3)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop import audit


class Command(BaseCommand):
    help = (
        "Prove that the books are right: one line a bad row, "
        "`<check> <model> <pk>: is X, should be Y`. Exits 1 when there is any left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fix",
            action="store_true",
            help="mend what can be derived from other rows; nothing else is touched",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for finding in audit.findings():
            self.stdout.write(str(finding))
            if options["fix"] and finding.fix:
                finding.fix()
                self.stdout.write("  mended")
            else:
                bad += 1
        if bad:
            raise CommandError(f"{bad} bad row{'s' if bad > 1 else ''}")
        self.stdout.write(self.style.SUCCESS("The books are right."))
