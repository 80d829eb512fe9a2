"""A stranger's file, opened with care: CSV in the encodings that Excel saves, XLSX."""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.exchange import cells, workbook
from catalog.exchange.columns import CODE
from catalog.exchange.problems import Problem, Unreadable

MOST_MEBIBYTES = 20
MOST_ROWS = 20_000
MOST_COLUMNS = 300
LONGEST_CELL = 100_000
DELIMITERS = ",;\t"


@dataclass
class Sheet:
    """The rows of a file as texts, each with its number in the spreadsheet."""

    name: str
    digest: str
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]
    problems: list[Problem]

    @property
    def mark(self) -> str:
        """What the stock ledger says of this file; the digest tells it from others."""
        return f"{self.name[:160]} ({self.digest})"


def read(content: bytes, name: str) -> Sheet:
    """Read a file of the catalogue. Raises Unreadable with a sentence for staff."""
    if len(content) > MOST_MEBIBYTES * 1024 * 1024:
        text = _("The file is larger than %(most)d MB.")
        raise Unreadable(text % {"most": MOST_MEBIBYTES})
    problems: list[Problem] = []
    if content.startswith(b"PK"):
        limits = workbook.Limits(MOST_ROWS, MOST_COLUMNS)
        lines: Iterable[list[str]] = workbook.lines(content, limits, problems)
    else:
        lines = _csv_lines(content)
    digest = hashlib.sha256(content).hexdigest()[:24]
    return _sheet(name, digest, lines, problems)


def _sheet(
    name: str, digest: str, lines: Iterable[list[str]], problems: list[Problem]
) -> Sheet:
    numbered = iter(enumerate(lines, start=1))
    _line, first = next(numbered, (1, []))
    columns = [text.strip().lower() for text in first]
    while columns and not columns[-1]:
        columns.pop()
    _refuse_wrong_header(columns)
    sheet = Sheet(name, digest, columns, [], problems)
    for line, texts in numbered:
        if any(text.strip() for text in texts):
            _take_line(sheet, line, texts)
    if not sheet.rows and not problems:
        raise Unreadable(_("There is no row below the names of the columns."))
    return sheet


def _refuse_wrong_header(columns: list[str]) -> None:
    if CODE not in columns:
        text = _('The first line must name the columns; there is no column "code".')
        raise Unreadable(text)
    for column in columns:
        if not column:
            raise Unreadable(_("line 1: a column in between has no name."))
        if columns.count(column) > 1:
            text = _("line 1, column %(column)s: is there twice.")
            raise Unreadable(text % {"column": column})
    if len(columns) > MOST_COLUMNS:
        text = _("There are more than %(most)d columns.")
        raise Unreadable(text % {"most": MOST_COLUMNS})


def _take_line(sheet: Sheet, line: int, texts: list[str]) -> None:
    if len(sheet.rows) >= MOST_ROWS:
        text = _("There are more than %(most)d rows. Split the file.")
        raise Unreadable(text % {"most": MOST_ROWS})
    if any(text.strip() for text in texts[len(sheet.columns) :]):
        problem = _("There are more cells than columns have names.")
        sheet.problems.append(Problem(line, sheet.columns[-1], problem))
    # Too short a line is one whose commas are lost, or empty cells that Excel left out.
    texts = texts + [""] * (len(sheet.columns) - len(texts))
    row = {}
    for column, text in zip(sheet.columns, texts, strict=False):
        if len(text) > LONGEST_CELL:
            problem = _("The text is longer than %(most)d characters.")
            told = problem % {"most": LONGEST_CELL}
            sheet.problems.append(Problem(line, column, told))
        elif "\x00" in text:
            sheet.problems.append(Problem(line, column, _("There is a NUL in it.")))
        row[column] = cells.freed(text)
    sheet.rows.append((line, row))


def _csv_lines(content: bytes) -> Iterable[list[str]]:
    text = _decoded(content)
    source = io.StringIO(text, newline="")
    csv.field_size_limit(LONGEST_CELL + 1)
    reader = csv.reader(source, delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        told = _("line %(line)d: the quotes or the line cannot be read (%(error)s).")
        raise Unreadable(told % {"line": reader.line_num, "error": error}) from error


def _decoded(content: bytes) -> str:
    """Decode what Excel saves: UTF-8, UTF-16 with a mark, or in China GBK."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The file is neither UTF-8 nor GBK. Save it as CSV UTF-8."))


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0].strip().lower()
    for delimiter in DELIMITERS:
        if CODE in [name.strip('" ') for name in first.split(delimiter)]:
            return delimiter
    return ","
