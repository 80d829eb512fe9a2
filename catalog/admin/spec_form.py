"""The specification fields of a product's form: one for each of its category's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import ProductSpec, SpecChoice, SpecDefinition, SpecValue
from catalog.templatetags.catalog import trimmed

PREFIX = "spec_"
NUMBER_LIMIT = 10**9


def fields_for(definitions: list[SpecDefinition]) -> dict[str, forms.Field]:
    """Build the form fields, typed and with their units, by name."""
    fields: dict[str, forms.Field] = {}
    for definition in definitions:
        fields |= _fields(definition)
    return fields


def initial_for(values: list[SpecValue]) -> dict[str, Any]:
    """Return what stored values put into those fields."""
    initial: dict[str, Any] = {}
    for value in values:
        name = _name(value.definition)
        if value.definition.type == SpecDefinition.Type.TEXT:
            initial[f"{name}_zh"], initial[f"{name}_en"] = value.text_zh, value.text_en
        elif value.definition.is_many:
            initial.setdefault(name, []).append(value.choice_id)
        else:
            initial[name] = _single(value)
    return initial


def rows_for(
    definitions: list[SpecDefinition], cleaned: dict[str, Any]
) -> list[ProductSpec]:
    """Return the rows that say what was typed; an empty field makes none."""
    rows = []
    for definition in definitions:
        for columns in _columns(definition, cleaned):
            rows.append(ProductSpec(definition=definition, **columns))
    return rows


def _name(definition: SpecDefinition) -> str:
    return f"{PREFIX}{definition.key}"


def _fields(definition: SpecDefinition) -> dict[str, forms.Field]:
    types, name = SpecDefinition.Type, _name(definition)
    label = f"{definition.name_zh} {definition.name_en}"
    if definition.type == types.NUMBER:
        number = forms.DecimalField(
            label=label,
            help_text=definition.unit,
            required=False,
            max_digits=12,
            decimal_places=3,
            min_value=-NUMBER_LIMIT,
            max_value=NUMBER_LIMIT,
        )
        return {name: number}
    if definition.type == types.BOOL:
        return {name: forms.NullBooleanField(label=label, required=False)}
    if definition.type == types.CHOICE:
        return {name: _choice_field(definition, label)}
    return {
        f"{name}_{language}": forms.CharField(
            label=f"{label} ({words})", required=False, max_length=200
        )
        for language, words in (("zh", _("Chinese")), ("en", _("English")))
    }


def _choice_field(definition: SpecDefinition, label: str) -> forms.Field:
    choices = SpecChoice.objects.filter(definition=definition).order_by(
        "position", "pk"
    )
    if definition.is_many:
        return forms.ModelMultipleChoiceField(choices, label=label, required=False)
    return forms.ModelChoiceField(choices, label=label, required=False)


def _single(value: SpecValue) -> Any:
    if value.definition.type == SpecDefinition.Type.NUMBER:
        return trimmed(value.number) if value.number is not None else None
    if value.definition.type == SpecDefinition.Type.BOOL:
        return value.flag
    return value.choice_id


def _columns(
    definition: SpecDefinition, cleaned: dict[str, Any]
) -> list[dict[str, Any]]:
    types, name = SpecDefinition.Type, _name(definition)
    if definition.type == types.TEXT:
        zh, en = cleaned.get(f"{name}_zh"), cleaned.get(f"{name}_en")
        return [{"text_zh": zh or "", "text_en": en or ""}] if zh or en else []
    value = cleaned.get(name)
    if definition.is_many:
        return [{"choice": choice} for choice in value or []]
    if value is None:
        return []
    column = {types.NUMBER: "number", types.BOOL: "flag", types.CHOICE: "choice"}
    return [{column[types(definition.type)]: value}]
