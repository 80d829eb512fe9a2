"""What the cells of a row say of specifications, and what of it is otherwise."""

from django.core.exceptions import ValidationError

from catalog.exchange import columns, specs
from catalog.exchange.plan import Specs
from catalog.exchange.rows import Row
from catalog.exchange.world import World
from catalog.models import SpecDefinition


def spec_texts(
    row: Row, world: World, category_id: int, *, of_variant: bool
) -> dict[SpecDefinition, dict[str, str]]:
    """Gather what a row's cells say of each specification, in the one spelling."""
    texts: dict[SpecDefinition, dict[str, str]] = {}
    for column in [name for name in row.texts if columns.spec_of(name)]:
        spec = columns.spec_of(column)
        if spec is None or spec.of_variant != of_variant:
            continue
        if not row.texts[column] and (category_id, spec.key) not in world.definitions:
            del row.texts[column]
            continue
        try:
            definition = specs.find(world.definitions, category_id, spec)
            row.texts[column] = specs.shown(definition, row.texts[column])
        except ValidationError as error:
            if row.texts.get(column):
                row.wrong(column, error)
            del row.texts[column]
            continue
        texts.setdefault(definition, {})[spec.language] = row.texts[column]
    return texts


def changed_specs(
    texts: dict[SpecDefinition, dict[str, str]], base: dict[str, str], prefix: str
) -> Specs:
    """Return what becomes of those specifications that are said to be otherwise."""
    changed = Specs()
    for definition, said in texts.items():
        names = columns.spec_columns(definition, prefix)
        # Of a text, the language that has no column stays as it is.
        before = {name.rpartition(":")[2]: base.get(name, "") for name in names}
        if definition.type != SpecDefinition.Type.TEXT:
            before = {"": base.get(names[0], "")}
        if before | said != before:
            changed.definitions.append(definition)
            changed.said += specs.said(definition, before | said)
    return changed
