"""manage.py import_products: a spreadsheet into the catalogue (row I5)."""

import json
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from catalog.exchange import Plan, Refused, Sheet, apply_import, look, read
from catalog.exchange.plan import Look, State
from shop.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Read products from FILE (.csv or .xlsx), one row a variant, keyed on its "
        "code. All rows are written or none. Wrong cells are told one a line, as "
        "`line 3, column price: ...`. The columns are explained in docs/import.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say row by row what would change"
        )
        parser.add_argument(
            "--pictures", type=Path, metavar="PATH", help="a folder or ZIP of pictures"
        )
        parser.add_argument(
            "--json", action="store_true", help="the dry run as JSON, one row a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # So that what was stored in vain is taken away when the command is ended.
        signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
        path: Path = options["file"]
        with translation.override("en"):
            try:
                sheet = read(path.read_bytes(), path.name)
                self._run(sheet, options)
            except OSError as error:
                raise CommandError(f"{error.filename}: {error.strerror}") from error
            except Refused as refused:
                for line in refused.told():
                    self.stderr.write(line, style_func=str)
                raise CommandError("Nothing was changed.") from refused
            except Refusal as refusal:
                raise CommandError(f"{refusal} Nothing was changed.") from refusal

    def _run(self, sheet: Sheet, options: dict[str, Any]) -> None:
        pictures: Path | None = options["pictures"]
        if pictures and not pictures.exists():
            raise CommandError(f"{pictures}: there is no such folder or file")
        if options["dry_run"]:
            plan = look(sheet, pictures=pictures, progress=self._progress("compared"))
            self._show(plan, is_json=options["json"])
            if plan.problems:
                raise Refused(plan.problems)
            return
        applied = apply_import(
            sheet, by_id=None, pictures=pictures, progress=self._progress("written")
        )
        self.stdout.write(_summary(applied.counts))

    def _show(self, plan: Plan, *, is_json: bool) -> None:
        width = max([4, *(len(look.code) for look in plan.looks)])
        for row in plan.looks:
            if is_json:
                self.stdout.write(json.dumps(_as_json(row), ensure_ascii=False))
            else:
                changes = row.changes if row.state == State.CHANGED else []
                shown = "; ".join(map(str, row.problems or changes))
                start = f"{row.line:>6}  {row.code:<{width}}  {row.state:<9}"
                self.stdout.write(f"{start}  {shown}".rstrip())
        if not is_json:
            self.stdout.write(_summary(plan.counts))

    def _progress(self, word: str) -> Any:
        def show(done: int, total: int) -> None:
            if self.stderr.isatty():
                filled = "#" * (30 * done // max(1, total))
                line = f"\r\033[K[{filled:<30}] {done} of {total} {word}"
                self.stderr.write(line, style_func=str, ending="\n" * (done == total))
                self.stderr.flush()

        return show


def _summary(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts.items())


def _as_json(row: Look) -> dict[str, Any]:
    return {
        "line": row.line,
        "code": row.code,
        "state": row.state,
        "changes": [
            {"column": each.column, "from": each.before, "to": each.after}
            for each in row.changes
        ],
        "errors": [
            {"column": each.column, "message": str(each.message)}
            for each in row.problems
        ],
    }
