"""XLSX files of strangers, opened with care (docs/security.md, 39).

An XLSX is a ZIP of XML: both can be bombs. So the sizes come first, then the XML is
looked at for what has no place in it, and only then openpyxl reads the first sheet,
cell by cell, with defusedxml below it.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from catalog.exchange import zips
from catalog.exchange.problems import Problem, Unreadable

MOST_MEMBERS = 500
MOST_UNPACKED = 150 * 1024 * 1024  # bytes
LONGEST_CELL = 32_767  # characters, Excel's own limit
_FORBIDDEN = re.compile(rb"<!DOCTYPE|<!ENTITY|<(?:\w+:)?mergeCell\s")
#: What openpyxl raises for a file that is damaged, or made to look like an XLSX.
_BROKEN = (
    *zips.BROKEN,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
)


@dataclass(frozen=True)
class Limits:
    rows: int
    columns: int


def lines(
    content: bytes, limits: Limits, problems: list[Problem]
) -> Iterator[list[str]]:
    """Read the first sheet's rows as texts; what is no text is told in `problems`."""
    _refuse_bombs(content)
    try:
        book = _opened(content)
        sheet = book.worksheets[0]
        columns: list[str] = []
        # One row and column more than we take, so that there being more shows.
        rows = sheet.iter_rows(max_row=limits.rows + 2, max_col=limits.columns + 1)
        for line, row in enumerate(rows, start=1):
            texts = [_text(cell, line, columns, problems) for cell in row]
            columns = columns or [text.strip().lower() for text in texts]
            yield texts
        book.close()
    except _BROKEN as error:
        raise Unreadable(_("This is no XLSX file, or it is damaged.")) from error


def _opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        # It tells of drawings and validations that it leaves out, as we wish.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, keep_links=False
        )


def _refuse_bombs(content: bytes) -> None:
    file = io.BytesIO(content)
    if zips.members_of(file) > MOST_MEMBERS:
        raise Unreadable(_("The XLSX file unpacks to more than we take."))
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_large(members)
            for member in members:
                pieces = zips.pieces(archive, member)
                if member.filename.endswith((".xml", ".rels")):
                    _refuse_forbidden(pieces)
                # openpyxl reads members whole: each has to end where it says.
                for _piece in pieces:
                    pass
    except _BROKEN as error:
        raise Unreadable(_("This is no XLSX file, or it is damaged.")) from error


def _refuse_large(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED:
        raise Unreadable(_("The XLSX file unpacks to more than we take."))


def _refuse_forbidden(pieces: Iterable[bytes]) -> None:
    tail = b""
    for chunk in pieces:
        found = _FORBIDDEN.search(tail + chunk)
        if found and found[0].startswith(b"<!"):
            raise Unreadable(_("The XLSX file defines entities; we take none."))
        if found:
            raise Unreadable(_("There are merged cells. Unmerge them, then try again."))
        tail = chunk[-64:]


def _text(cell: Any, line: int, columns: list[str], problems: list[Problem]) -> str:
    value = cell.value
    if value is None:
        return ""
    name = get_column_letter(cell.column)
    if columns and cell.column <= len(columns):
        name = columns[cell.column - 1] or name
    if cell.data_type == "f":
        problem = _("There is a formula. Paste its value instead.")
    elif cell.data_type == "e":
        problem = _("The cell shows an error.")
    else:
        text, problem = _spelt(value, name)
        if not problem:
            return text
    problems.append(Problem(line, name, problem))
    return ""


def _spelt(value: Any, column: str) -> tuple[str, str]:
    """Return a value as a text, or what is wrong with it."""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime) and column == "on_shelf_at":
        return value.isoformat(), ""
    if isinstance(value, datetime | date | time | timedelta):
        return "", _("The spreadsheet made a date of it. Format the cell as text.")
    return "", _("This is no text and no number.")


def _number(value: float) -> tuple[str, str]:
    # A spreadsheet keeps 15 digits; behind them is only dust: 0.30000000000000004.
    spelt = f"{value:.15g}"
    if "e" in spelt or not spelt.lstrip("-")[:1].isdigit():
        return "", _("The number has too many digits. Format the cell as text.")
    return spelt, ""
