"""A list of tracking numbers, typed, pasted or uploaded."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.exchange import workbook
from catalog.exchange.problems import Problem, Unreadable
from orders.models import Carrier
from orders.services.parcel_lists import Line

#: A request must end before the server ends it: each line is a deed of its own.
MOST_LINES = 200
MOST_BYTES = 200 * 1024
#: Of an XLSX file; so many columns may be empty between the three.
SHEET = workbook.Limits(rows=MOST_LINES + 1, columns=20)
#: Of what is wrong with an XLSX file's cells, so much is told.
MOST_TOLD = 5
#: What an XLSX file begins with.
ZIP = b"PK"
#: What stands between the columns; without any of these, blanks do.
SEPARATORS = re.compile(r"[,;\t、]")
#: What spreadsheets put around numbers so that they stay as they are, and what input
#: methods make of it.
WRAPPING = " \"'=`“”‘’"


class ParcelListForm(forms.Form):
    """One order a line: its number, the carrier, the tracking number."""

    carrier = forms.ChoiceField(
        label=gettext_lazy("Carrier of lines that name none"),
        choices=[("", "–"), *Carrier.choices],
        required=False,
    )
    lines = forms.CharField(
        label=gettext_lazy("One order a line: order number, carrier, tracking number"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV or XLSX file with these three columns"),
        required=False,
    )

    @classmethod
    def showing(cls, lines: Iterable[str], carrier: str = "") -> Self:
        """Return the form with these lines in it, to be looked at or put right."""
        return cls(initial={"lines": "\n".join(lines), "carrier": carrier})

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        if upload.size > MOST_BYTES:
            text = _("The file is larger than %(most)d kB.")
            raise ValidationError(text % {"most": MOST_BYTES // 1024})
        return _text_of(upload.read())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = [cleaned.get("lines", ""), cleaned.get("file", "")]
        typed = "\n".join(filter(None, found)).splitlines()
        # Spreadsheets save their empty rows as commas.
        cleaned["typed"] = [text for text in typed if _columns(text)]
        if self.errors:
            return cleaned
        cleaned["parcels"] = list(_read(cleaned["typed"], cleaned["carrier"]))
        if not cleaned["parcels"]:
            raise ValidationError(_("There is no line in it."))
        if len(cleaned["typed"]) > MOST_LINES:
            text = _("There are more than %(most)d lines. Split the list.")
            raise ValidationError(text % {"most": MOST_LINES})
        return cleaned

    def typed(self) -> list[str]:
        """Return the lines as they were typed or uploaded, without empty ones."""
        typed: list[str] = self.cleaned_data["typed"]
        return typed

    def parcels(self) -> list[Line]:
        """Return the same, read; a heading is none of them."""
        parcels: list[Line] = self.cleaned_data["parcels"]
        return parcels


def _read(typed: Iterable[str], carrier: str) -> Iterator[Line]:
    for place, text in enumerate(typed, start=1):
        columns = _columns(text)
        if place == 1 and not any(letter.isdigit() for letter in "".join(columns)):
            continue
        yield Line(
            place=place,
            order_number=columns[0],
            carrier=" ".join(columns[1:-1]) or carrier,
            tracking_number=columns[-1] if columns[1:] else "",
        )


def _columns(text: str) -> list[str]:
    """Return what stands in a line's columns, without empty ones."""
    line = unicodedata.normalize("NFKC", text)
    # Marks without width come along when something is copied.
    line = "".join(each for each in line if unicodedata.category(each) != "Cf")
    parts = SEPARATORS.split(line) if SEPARATORS.search(line) else line.split()
    # Without a carrier a spreadsheet leaves its column empty.
    return [part for each in parts if (part := each.strip(WRAPPING))]


def _text_of(content: bytes) -> str:
    if content.startswith(ZIP):
        return "\n".join(_rows_of(content))
    if b"\0" not in content:
        # The second is what spreadsheets in China write.
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise ValidationError(_("This is neither a CSV nor an XLSX file."))


def _rows_of(content: bytes) -> Iterator[str]:
    """Yield the rows of an XLSX file's first sheet, their cells divided by tabs."""
    problems: list[Problem] = []
    try:
        for row in workbook.lines(content, SHEET, problems):
            yield "\t".join(" ".join(cell.split()) for cell in row)
    except Unreadable as error:
        raise ValidationError(error.message) from error
    if problems:
        raise ValidationError([str(each) for each in problems[:MOST_TOLD]])
