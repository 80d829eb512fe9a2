"""The cells of one row, read: typed values for the columns of our models."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from catalog import codes, rich_text
from catalog.exchange import cells, columns
from catalog.exchange.problems import Problem
from catalog.exchange.reading import Sheet
from catalog.models import Product, Variant

MOST_STOCK = 1_000_000
LONGEST_CODE = 40


@dataclass
class Row:
    """One row: what its cells say, typed, and in the one spelling of an export."""

    line: int
    code: str = ""
    product: str = ""
    #: What the product's and the variant's columns become.
    of_product: dict[str, Any] = field(default_factory=dict)
    of_variant: dict[str, Any] = field(default_factory=dict)
    #: Everything that was said, by the spreadsheet's column.
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, error: ValidationError | Any) -> None:
        """Note what is wrong with a cell."""
        messages = error.messages if isinstance(error, ValidationError) else [error]
        for message in messages:
            self.problems.append(Problem(self.line, column, message))


def unknown_columns(sheet: Sheet) -> list[Problem]:
    """Return the columns that we do not know; keys of specifications come later."""
    known = {*columns.FIXED, *columns.ONLY_IN}
    told = _("There is no such column.")
    return [
        Problem(1, name, told)
        for name in sheet.columns
        if name not in known and not columns.spec_of(name)
    ]


def read_rows(sheet: Sheet) -> list[Row]:
    """Read all rows, each with what is wrong with it; a code comes only once."""
    rows = [_read(line, texts) for line, texts in sheet.rows]
    seen: dict[str, int] = {}
    for row in rows:
        if row.code and seen.setdefault(row.code, row.line) != row.line:
            told = _("The same code stands in line %(line)d already.")
            row.wrong("code", ValidationError(told, params={"line": seen[row.code]}))
    return rows


def _read(line: int, texts: dict[str, str]) -> Row:
    row = Row(line)
    _try(row, "code", lambda: _set(row, "code", _code(texts["code"], True)))
    if "product" in texts:
        _try(row, "product", lambda: _set(row, "product", _code(texts["product"])))
    for column, text in texts.items():
        reader = _READERS.get(column)
        if not text.strip() and column not in columns.CLEARING:
            if columns.spec_of(column):
                row.texts[column] = ""
            continue
        if reader:
            _try(row, column, partial(reader, row, column, text))
        elif columns.spec_of(column):
            row.texts[column] = cells.unified(text)
    return row


def _try(row: Row, column: str, read: Callable[[], object]) -> None:
    try:
        read()
    except ValidationError as error:
        row.wrong(column, error)


def _set(row: Row, name: str, code: str) -> None:
    setattr(row, name, code)


def _code(text: str, is_needed: bool = False) -> str:
    if not text.strip() and not is_needed:
        return ""
    code = codes.clean(text)
    if len(code) > LONGEST_CODE:
        raise ValidationError(_("A code has 40 characters at most."))
    return code


def _cleaned(model: type[Model], name: str, value: object) -> Any:
    """Judge a value as the model's column does, also in its form in the admin."""
    column = model._meta.get_field(name)
    assert isinstance(column, Field)  # noqa: S101, no relation is asked for
    return column.clean(value, None)


def _text(row: Row, column: str, text: str) -> None:
    value = cells.folded(text)
    row.of_product[column] = _cleaned(Product, column, value)
    row.texts[column] = value


def _rich_text(row: Row, column: str, text: str) -> None:
    _text(row, column, rich_text.clean(cells.folded(text)))


def _slug(row: Row, column: str, text: str) -> None:
    row.texts[column] = text.strip().lower()


def _brand_name(row: Row, column: str, text: str) -> None:
    if len(text.strip()) > 40:
        raise ValidationError(_("A brand's name has 40 characters at most."))
    row.texts[column] = text.strip()


def _status(row: Row, column: str, text: str) -> None:
    value = text.strip().lower()
    row.of_product[column] = _cleaned(Product, column, value)
    row.texts[column] = value


def _on_shelf_at(row: Row, column: str, text: str) -> None:
    row.of_product[column] = cells.moment(text)
    row.texts[column] = cells.shown_moment(row.of_product[column])


def _flag(row: Row, column: str, text: str) -> None:
    value = cells.flag(text)
    row.of_product[f"has_{column}"] = value
    row.texts[column] = cells.shown_flag(value)


def _product_number(row: Row, column: str, text: str) -> None:
    value = cells.whole(text)
    row.of_product[column] = _cleaned(Product, column, value)
    row.texts[column] = str(value)


def _options(row: Row, column: str, text: str) -> None:
    language = "en" if column.endswith("_en") else "zh"
    pairs = cells.options_of(text)
    for place, (name, value) in enumerate(pairs, start=1):
        for model, key, said, into in (
            (Product, f"option{place}_name_{language}", name, row.of_product),
            (Variant, f"option{place}_{language}", value, row.of_variant),
        ):
            into[key] = _cleaned(model, key, said)
    row.texts[column] = cells.options(pairs)


def _price(row: Row, column: str, text: str) -> None:
    value = cells.number(text)
    if value <= 0:
        raise ValidationError(_("The price must be above zero."))
    if value != round(value, 2) or value >= Decimal(10) ** 8:
        raise ValidationError(_("At most eight digits and two decimal places."))
    value = value.quantize(Decimal("0.01"))
    row.of_variant["regular_price" if column == "price" else column] = value
    row.texts[column] = str(value)


def _stock(row: Row, column: str, text: str) -> None:
    value = cells.whole(text)
    lowest = -MOST_STOCK if column == "stock_change" else 0
    if not lowest <= value <= MOST_STOCK:
        raise ValidationError(_("Stock is a number from 0 to 1000000."))
    row.texts[column] = str(value)


def _position(row: Row, column: str, text: str) -> None:
    value = cells.whole(text)
    if not 0 <= value <= 30_000:
        raise ValidationError(_("A position is a number from 0 to 30000."))
    row.of_variant[column] = value
    row.texts[column] = str(value)


def _file_name(row: Row, column: str, text: str) -> None:
    row.texts[column] = text.strip()


def _list(row: Row, column: str, text: str) -> None:
    parts = [part.strip() for part in cells.parts_of(text)]
    if column == "pictures" and len(set(parts)) != len(parts):
        raise ValidationError(_("The same picture stands there twice."))
    if column != "pictures" and any(len(part) > 120 for part in parts):
        raise ValidationError(_("What a picture shows has 120 characters at most."))
    row.texts[column] = cells.joined(parts)


_READERS: dict[str, Callable[[Row, str, str], None]] = {
    **dict.fromkeys(columns.PRODUCT_TEXTS, _text),
    "description_zh": _rich_text,
    "description_en": _rich_text,
    "category": _slug,
    "brand": _slug,
    "brand_zh": _brand_name,
    "brand_en": _brand_name,
    "status": _status,
    "on_shelf_at": _on_shelf_at,
    "seven_day_return": _flag,
    "free_freight": _flag,
    "warranty_months": _product_number,
    "ships_within_hours": _product_number,
    "options": _options,
    "options_en": _options,
    "price": _price,
    "list_price": _price,
    "stock": _stock,
    "stock_was": _stock,
    "stock_change": _stock,
    "position": _position,
    "picture": _file_name,
    "pictures": _list,
    "pictures_zh": _list,
    "pictures_en": _list,
}
