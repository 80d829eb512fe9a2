"""What is said of a product, typed, in words, and grouped for its page (row B3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from catalog.models import (
    ProductSpec,
    SpecDefinition,
    SpecValue,
    Variant,
    VariantSpec,
)
from catalog.templatetags.catalog import trimmed, words

#: Found by makemessages here; a unit that staff add is shown as they wrote it.
UNITS_WITH_WORDS = (
    pgettext_lazy("unit", "in"),
    pgettext_lazy("unit", "nits"),
    pgettext_lazy("unit", "h"),
)
#: The columns that a page shows.
SHOWN = (
    *("number", "text_zh", "text_en", "flag"),
    *(f"definition__{name}" for name in ("name_zh", "name_en", "unit", "position")),
    *(f"choice__{name}" for name in ("name_zh", "name_en")),
)


@dataclass(frozen=True)
class SpecGroup:
    """Rows of the table, (name, value with unit), under a title."""

    title: str
    rows: list[tuple[str, str]]


def spec_groups(chosen: Variant) -> list[SpecGroup]:
    """Return what sets the chosen variant apart, then the rest; with one query."""
    values = list(_values(chosen))
    own = by_definition(value for value in values if value.is_of_variant)
    # What the variant says, it says instead of the product.
    rest = by_definition(
        value
        for value in values
        if not value.is_of_variant and value.definition_id not in own
    )
    groups = (
        SpecGroup(_("This version"), _rows(own)),
        SpecGroup(_("In general"), _rows(rest)),
    )
    return [group for group in groups if group.rows]


def by_definition(values: Iterable[SpecValue]) -> dict[int, list[SpecValue]]:
    """Put the values of one specification together, in their order."""
    rows: dict[int, list[SpecValue]] = {}
    for value in values:
        rows.setdefault(value.definition_id, []).append(value)
    return rows


def spec_words(row: list[SpecValue]) -> str:
    """Write what is said of one specification, with its unit; "" of nothing."""
    comma = pgettext("between values", ", ")
    return format_html_join(comma, "{}", ((_one_value(value),) for value in row))


def _values(chosen: Variant) -> QuerySet[Any]:
    """Return what is said of product and variant, told apart by `is_of_variant`.

    Both tables have the columns of SpecValue alike, so one question asks them both.
    """
    of_product = ProductSpec.objects.filter(product=chosen.product_id)
    of_variant = VariantSpec.objects.filter(variant=chosen.pk)
    shown: list[QuerySet[Any]] = [
        values.select_related("definition", "choice")
        .only(*SHOWN)
        .annotate(is_of_variant=Value(place))
        for place, values in enumerate((of_product, of_variant))
    ]
    both = shown[0].union(shown[1], all=True)
    return both.order_by("is_of_variant", "pk")


def _rows(said: dict[int, list[SpecValue]]) -> list[tuple[str, str]]:
    rows = sorted(
        said.values(),
        key=lambda row: (row[0].definition.position, row[0].definition_id),
    )
    return [(words(row[0].definition, "name"), spec_words(row)) for row in rows]


def _one_value(value: SpecValue) -> str:
    if value.number is not None:
        return with_unit(value.number, value.definition)
    if value.flag is not None:
        return _("Yes") if value.flag else _("No")
    if value.choice is not None:
        return words(value.choice, "name")
    return words(value, "text")


def with_unit(number: Decimal, definition: SpecDefinition) -> str:
    """Write a number of a specification: "16 GB"."""
    return f"{trimmed(number)} {unit_words(definition)}".strip()


def unit_words(definition: SpecDefinition) -> str:
    # Units that Chinese readers write in words; the others are the same for all.
    return pgettext("unit", definition.unit) if definition.unit else ""
