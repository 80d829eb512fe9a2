"""Our own file: CSV for every spreadsheet, or XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from catalog.exchange import cells, columns, records
from catalog.exchange.problems import Problem, Refused
from catalog.exchange.workbook import LONGEST_CELL

#: Without it Excel takes UTF-8 for the machine's old encoding.
BOM = "\ufeff"


def csv_lines(product_ids: Iterable[int]) -> Iterator[str]:
    """Write products as CSV (RFC 4180, UTF-8 with BOM), a line at a time."""
    header, rows = _table(product_ids)
    yield BOM + _csv_line(header)
    for row in rows:
        yield _csv_line([cells.guarded(row.get(name, "")) for name in header])


def write_xlsx(product_ids: Iterable[int], file: IO[bytes]) -> None:
    """Write products as XLSX. Raises Refused for a text that no cell can hold."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("catalogue")
    sheet.freeze_panes = "B2"
    header, rows = _table(product_ids)
    sheet.append(header)
    try:
        for line, row in enumerate(rows, start=2):
            _refuse_long(line, row)
            sheet.append([_cell(sheet, name, row.get(name, "")) for name in header])
    except Refused:
        sheet.close()
        raise
    book.save(file)


def _table(product_ids: Iterable[int]) -> tuple[list[str], Iterator[records.Cells]]:
    return columns.header(columns.all_definitions()), _rows(product_ids)


def _rows(product_ids: Iterable[int]) -> Iterator[records.Cells]:
    for product in records.products(product_ids):
        alike = records.cells_of_product(product)
        for variant in product.variants.all():
            yield alike | records.cells_of_variant(product, variant)


def _csv_line(texts: list[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(texts)
    return buffer.getvalue()


def _cell(sheet: Any, name: str, text: str) -> Cell | float | None:
    if not text:
        return None
    if name in columns.NUMBERS:
        return float(text)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cells.guarded(text)))
    # Whatever it looks like, it is no formula and no error.
    cell.data_type = "s"
    return cell


def _refuse_long(line: int, row: records.Cells) -> None:
    for name, text in row.items():
        if len(text) >= LONGEST_CELL:
            told = _("An XLSX cell cannot hold a text that long. Export as CSV.")
            raise Refused([Problem(line, name, told)])
