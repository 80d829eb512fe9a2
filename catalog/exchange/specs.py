"""Specifications in cells: what `spec:<key>` says becomes rows, by its type."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.exchange import cells
from catalog.exchange.columns import SpecColumn
from catalog.models import SpecDefinition

NUMBER_LIMIT = Decimal(10) ** 9
LONGEST_TEXT = 200

#: A row's columns beside whom it belongs to.
Said = dict[str, Any]


def find(
    definitions: dict[tuple[int, str], SpecDefinition],
    category_id: int,
    column: SpecColumn,
) -> SpecDefinition:
    """Return a category's specification. Raises ValidationError: it has none such."""
    definition = definitions.get((category_id, column.key))
    if definition is None:
        raise ValidationError(_("The product's category has no such specification."))
    is_text = definition.type == SpecDefinition.Type.TEXT
    if is_text != bool(column.language):
        raise ValidationError(
            _("A text has two columns, which end in :zh and :en; nothing else has.")
        )
    return definition


def shown(definition: SpecDefinition, text: str) -> str:
    """Return the one spelling of a cell. Raises ValidationError."""
    types = SpecDefinition.Type
    if not text.strip():
        return ""
    if definition.type == types.TEXT:
        if len(text.strip()) > LONGEST_TEXT:
            raise ValidationError(_("The text is longer than 200 characters."))
        return cells.folded(text)
    if definition.type == types.NUMBER:
        return cells.trimmed(_number(text))
    if definition.type == types.BOOL:
        return cells.shown_flag(cells.flag(text))
    chosen = _chosen(definition, text)
    return cells.joined(choice.value for choice in chosen)


def said(definition: SpecDefinition, texts: dict[str, str]) -> list[Said]:
    """Return the rows that cells say, by language; an empty cell makes none."""
    types = SpecDefinition.Type
    texts = {language: text.strip() for language, text in texts.items()}
    if not any(texts.values()):
        return []
    if definition.type == types.TEXT:
        zh, en = texts.get("zh", ""), texts.get("en", "")
        return [{"definition": definition, "text_zh": zh, "text_en": en}]
    text = texts[""]
    if definition.type == types.NUMBER:
        return [{"definition": definition, "number": _number(text)}]
    if definition.type == types.BOOL:
        return [{"definition": definition, "flag": cells.flag(text)}]
    chosen = _chosen(definition, text)
    return [{"definition": definition, "choice": choice} for choice in chosen]


def _number(text: str) -> Decimal:
    value = cells.number(text)
    if abs(value) > NUMBER_LIMIT or value != round(value, 3):
        raise ValidationError(
            _("At most nine digits before the point and three behind it.")
        )
    return value


def _chosen(definition: SpecDefinition, text: str) -> list[Any]:
    """Return the choices that a cell names, in their own order."""
    names = [name.strip() for name in cells.parts_of(text)]
    choices = {choice.value: choice for choice in definition.choices.all()}
    unknown = [name for name in names if name not in choices]
    if unknown:
        raise ValidationError(
            _("There is no choice “%(name)s”."), params={"name": unknown[0]}
        )
    if len(names) > 1 and not definition.is_many:
        raise ValidationError(_("Only one value can be chosen."))
    found = {choices[name] for name in names}
    return sorted(found, key=lambda choice: (choice.position, choice.pk))
