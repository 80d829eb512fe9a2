"""How things are spelt in a cell: texts, lists, options, numbers, yes and no.

A spreadsheet takes a text that begins with = + - @ or a tab for a formula, and runs
it. On the way out such a text gets a leading ', on the way in it is freed of it. A
text that begins with ' and then such a character gets one more, so nothing is lost.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

#: What begins a formula, also in full width, and what a spreadsheet skips before it.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
YES, NO = "yes", "no"


def guarded(text: str) -> str:
    """Spell a text so that no spreadsheet runs it."""
    return f"'{text}" if _FORMULA.match(text) else text


def freed(text: str) -> str:
    """Undo `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def folded(text: str) -> str:
    """Spell a text for comparing: one kind of line end, no space around."""
    return unified(text).strip()


def unified(text: str) -> str:
    """Give a text one kind of line end, as spreadsheets do."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def joined(parts: Iterable[str], mark: str = "|") -> str:
    r"""Join texts by a mark; the mark in a text is written \|. Empty ends are cut."""
    escaped = [_escaped(part) for part in parts]
    while escaped and not escaped[-1]:
        escaped.pop()
    return mark.join(escaped)


def parts_of(text: str, mark: str = "|") -> list[str]:
    """Undo `joined`."""
    return [_plain(part) for part in _split(text, mark)] if text.strip() else []


def options(pairs: Sequence[tuple[str, str]]) -> str:
    """Write options as `Colour=Silver|Size=L`; without a name just the value."""
    spelt = []
    for name, value in pairs:
        name_spelt = f"{_escaped(name)}=" if name else ""
        spelt.append(name_spelt + _escaped(value))
    while spelt and not spelt[-1]:
        spelt.pop()
    return "|".join(spelt)


def options_of(text: str) -> list[tuple[str, str]]:
    """Read two (name, value) pairs. Raises ValidationError for more."""
    pairs = []
    for part in _split(text, "|") if text.strip() else []:
        halves = _split(part, "=")
        if len(halves) > 2:
            raise ValidationError(_("Write an option as Colour=Silver."))
        name = halves[0] if len(halves) == 2 else ""
        pairs.append((_plain(name).strip(), _plain(halves[-1]).strip()))
    if len(pairs) > 2:
        raise ValidationError(_("A variant has two options at most."))
    return pairs + [("", "")] * (2 - len(pairs))


def number(text: str) -> Decimal:
    """Read a plain number; full-width digits are fine, `1e3` and `1,5` are not."""
    spelt = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", spelt):
        raise ValidationError(_("Enter a number, such as 6999.00."))
    return Decimal(spelt)


def whole(text: str) -> int:
    """Read a whole number, `6.00` too, as some spreadsheets write it."""
    value = number(text.removeprefix("+"))
    if value != value.to_integral_value():
        raise ValidationError(_("Enter a whole number."))
    return int(value)


def trimmed(value: Decimal) -> str:
    """Write a number without needless zeros."""
    spelt = f"{value:f}"
    return spelt.rstrip("0").rstrip(".") if "." in spelt else spelt


def flag(text: str) -> bool:
    """Read yes or no, in English or Chinese, or as spreadsheets store it."""
    word = text.strip().casefold()
    if word in {YES, "true", "1", "是"}:
        return True
    if word in {NO, "false", "0", "否"}:
        return False
    raise ValidationError(_("Write yes or no."))


def shown_flag(value: bool) -> str:
    return YES if value else NO


def moment(text: str) -> datetime:
    """Read a moment; without offset it is in the shop's zone."""
    try:
        found = parse_datetime(text.strip())
        day = None if found else parse_date(text.strip())
    except ValueError:
        found = day = None
    if day:
        found = datetime(day.year, day.month, day.day)  # noqa: DTZ001, made aware below
    if found is None or not 2000 <= found.year < 2100:
        raise ValidationError(
            _("Write a moment as 2026-03-12T08:00, from 2000 to 2099.")
        )
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def shown_moment(value: datetime) -> str:
    return timezone.localtime(value).isoformat()


def _escaped(text: str) -> str:
    return re.sub(r"([\\|=])", r"\\\1", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _split(text: str, mark: str) -> list[str]:
    """Cut at the marks that no backslash stands before."""
    parts = [""]
    for piece in re.findall(r"\\.|\\$|[^\\]", text, flags=re.DOTALL):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
