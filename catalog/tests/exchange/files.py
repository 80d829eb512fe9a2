"""Files to import, made as a shopkeeper's spreadsheet makes them."""

import csv
import io

import openpyxl

from catalog.exchange import apply_import, csv_lines, look, read, write_xlsx
from catalog.models import Product


def as_csv(*rows, encoding="utf-8-sig", delimiter=","):
    """Write rows of dicts, or of plain cells, as a CSV file."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    if rows and isinstance(rows[0], dict):
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer.writerow(names)
        rows = [[row.get(name, "") for name in names] for row in rows]
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_xlsx(*rows, change=lambda sheet: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def new_row(**changes):
    """A row that makes a product of one variant."""
    row = {
        "code": "NEW-1-A",
        "product": "NEW-1",
        "name_zh": "新品",
        "name_en": "New",
        "category": "phones",
        "brand": "fresh",
        "brand_zh": "新牌",
        "options": "颜色=黑",
        "price": "99.00",
        "stock": "5",
        "status": "on_shelf",
    }
    return row | changes


def bring_in(content, name="shop.csv", **options):
    """Import a file."""
    return apply_import(read(content, name), by_id=None, **options)


def plan_of(content, name="shop.csv", **options):
    return look(read(content, name), **options)


def problems_of(content, **options):
    """Return what is wrong with a file, as lines."""
    return [str(problem) for problem in plan_of(content, **options).problems]


def exported():
    """Export the whole shop as CSV."""
    return "".join(csv_lines(_ids())).encode()


def exported_xlsx():
    buffer = io.BytesIO()
    write_xlsx(_ids(), buffer)
    return buffer.getvalue()


def table(content):
    """Return the rows of one of our CSV files as dicts."""
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _ids():
    return list(Product.objects.order_by("pk").values_list("pk", flat=True))
