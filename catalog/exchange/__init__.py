"""The catalogue as a spreadsheet: CSV and XLSX, out and in again (row I5).

`columns` says what stands in which column, `cells` how it is spelt. `reading` and
`workbook` open a stranger's file, `records` and `writing` make ours. `rows` turns the
cells into values, `planning` finds what is new or changed, `applying` writes it, and
`deeds` does the whole.
"""

from catalog.exchange.deeds import apply_import, look
from catalog.exchange.planning import Plan
from catalog.exchange.problems import Problem, Refused, Unreadable
from catalog.exchange.reading import Sheet, read
from catalog.exchange.writing import csv_lines, write_xlsx

__all__ = [
    "Plan",
    "Problem",
    "Refused",
    "Sheet",
    "Unreadable",
    "apply_import",
    "csv_lines",
    "look",
    "read",
    "write_xlsx",
]
