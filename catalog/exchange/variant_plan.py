"""What a row says of its own variant: options, prices, stock."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.exchange import cells, columns
from catalog.exchange.plan import Change, PlannedProduct, PlannedVariant
from catalog.exchange.reading import Sheet
from catalog.exchange.rows import MOST_STOCK
from catalog.exchange.spec_plan import changed_specs, spec_texts
from catalog.exchange.world import World

PLAIN = ("options", "options_en", "price", "list_price", "position", "picture")


class VariantPlanner:
    def __init__(self, world: World, sheet: Sheet) -> None:
        self.world = world
        self.sheet = sheet

    def plan(self, planned: PlannedProduct) -> None:
        """Note what becomes of a product's variants, and what is wrong."""
        there = 0 if planned.is_new else len(planned.product.variants.all())
        for member in planned.variants:
            self._plan_columns(member)
            _plan_prices(member)
            _plan_stock(member)
            _plan_picture(planned, member)
            self._plan_specs(planned, member)
            _compare(member)
            if member.is_new:
                member.values.setdefault("position", there)
                there += 1
        _refuse_twins(planned)

    def _plan_columns(self, member: PlannedVariant) -> None:
        for name, value in member.row.of_variant.items():
            if member.is_new or getattr(member.variant, name) != value:
                member.values[name] = value

    def _plan_specs(self, planned: PlannedProduct, member: PlannedVariant) -> None:
        category_id = planned.product.category_id or 0
        texts = spec_texts(member.row, self.world, category_id, of_variant=True)
        member.specs = changed_specs(texts, member.base, "variant_spec")


def _plan_prices(member: PlannedVariant) -> None:
    row, values = member.row, member.values
    if member.is_new:
        if "regular_price" not in values:
            if not any(problem.column == "price" for problem in row.problems):
                row.wrong("price", _("A new variant needs it."))
            return
        values.setdefault("list_price", values["regular_price"])
    if "regular_price" not in values and "list_price" not in values:
        return
    price = values.setdefault("regular_price", member.variant.regular_price)
    list_price = values.setdefault("list_price", member.variant.list_price)
    if list_price < price:
        row.wrong("list_price", _("The list price must be at least the price."))


def _plan_stock(member: PlannedVariant) -> None:
    """Work out by how much the stock changes.

    A file that says what the stock was (an export does) changes it by the difference:
    what was sold since stays sold. Without, the stock becomes what the file says.
    """
    texts, row = member.row.texts, member.row
    present = 0 if member.is_new else member.variant.stock
    change = 0
    if "stock_change" in texts:
        change = int(texts["stock_change"])
        if "stock" in texts:
            row.wrong("stock_change", _("Say the stock, or its change, not both."))
    elif "stock" in texts:
        was = texts.get("stock_was", present) if not member.is_new else 0
        change = int(texts["stock"]) - int(was)
    after = present + change
    if not 0 <= after <= MOST_STOCK:
        told = _("There are %(stock)d; that would make %(after)d.")
        error = ValidationError(told, params={"stock": present, "after": after})
        row.wrong("stock_change" if "stock_change" in texts else "stock", error)
    member.stock_change = change
    if change:
        is_fixed = "stock_change" in texts or "stock_was" in texts
        key = f"{change:+d}" if is_fixed else f"{present}→{after}"
        shown = f"{after} ({change:+d})"
        member.changes.append(Change("stock", str(present), shown, key))


def _plan_picture(planned: PlannedProduct, member: PlannedVariant) -> None:
    name = member.row.texts.get("picture")
    if name is None:
        return
    if name and planned.pictures is None and name != member.base.get("picture"):
        member.row.wrong("picture", _("It needs the column “pictures”."))
        return
    stems = [picture.stem for picture in planned.pictures or []]
    stem = next((stem for stem in stems if f"/{name}".startswith(_tail(stem))), "")
    if planned.pictures is not None or not name:
        member.picture = stem if name else ""


def _tail(stem: str) -> str:
    return f"/{stem.rpartition('/')[2]}."


def _compare(member: PlannedVariant) -> None:
    for column, after in member.row.texts.items():
        spec = columns.spec_of(column)
        if column not in PLAIN and not (spec and spec.of_variant):
            continue
        before = member.base.get(column, "")
        if cells.folded(before) != cells.folded(after):
            member.changes.append(Change(column, before, after, f"{before}→{after}"))


def _refuse_twins(planned: PlannedProduct) -> None:
    """No two variants of a product have the same options, on every database alike."""
    seen: dict[tuple[str, str], str] = {}
    members = {member.row.code: member for member in planned.variants}
    stored = [] if planned.is_new else list(planned.product.variants.all())
    rest = [variant for variant in stored if variant.code not in members]
    for variant in rest:
        seen[_options(variant, {})] = variant.code
    for member in planned.variants:
        options = _options(member.variant, member.values)
        twin = seen.setdefault(options, member.row.code)
        if twin != member.row.code:
            told = _("The variant %(code)s has the same options.")
            error = ValidationError(told, params={"code": twin})
            member.row.wrong("options", error)


def _options(variant: Any, values: dict[str, Any]) -> tuple[str, str]:
    first, second = (
        _alike(values.get(name, getattr(variant, name)))
        for name in ("option1_zh", "option2_zh")
    )
    return first, second


def _alike(text: str) -> str:
    """Spell a text so that what MySQL's collation takes for the same is the same."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c)).strip()
