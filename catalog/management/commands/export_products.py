"""manage.py export_products: the catalogue as a spreadsheet (row I5)."""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from catalog.exchange import Refused, csv_lines, write_xlsx
from catalog.models import Product


class Command(BaseCommand):
    help = (
        "Write all products, one row a variant, into FILE: .csv (UTF-8 with BOM, for "
        "every spreadsheet) or .xlsx. import_products reads it again. The columns are "
        "explained in docs/import.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help=".csv or .xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.suffix.lower() not in {".csv", ".xlsx"}:
            raise CommandError("FILE must end in .csv or .xlsx")
        ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
        try:
            with translation.override("en"), _whole_file(path) as file:
                _write(path, file, ids)
        except Refused as refused:
            raise CommandError("\n".join(refused.told())) from refused
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"{len(ids)} products in {path}")


def _write(path: Path, file: IO[bytes], ids: list[int]) -> None:
    if path.suffix.lower() == ".xlsx":
        write_xlsx(ids, file)
        return
    for line in csv_lines(ids):
        file.write(line.encode())


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only once it is whole."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
