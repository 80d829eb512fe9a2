"""Find what is new, changed or wrong in a file, without writing anything."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.exchange import records
from catalog.exchange.picture_files import PictureFiles
from catalog.exchange.plan import (
    Look,
    Plan,
    PlannedProduct,
    PlannedVariant,
    State,
)
from catalog.exchange.product_plan import ProductPlanner
from catalog.exchange.reading import Sheet
from catalog.exchange.rows import Row, read_rows, unknown_columns
from catalog.exchange.variant_plan import VariantPlanner
from catalog.exchange.world import World, booked_before
from catalog.models import Product, Variant

Progress = Callable[[int, int], None]

__all__ = ["Plan", "make_plan"]


def make_plan(
    sheet: Sheet, files: PictureFiles, progress: Progress = lambda done, total: None
) -> Plan:
    """Compare a file with the shop. What is wrong stands in the plan's problems."""
    rows = read_rows(sheet)
    by_line = {row.line: row for row in rows}
    beside = unknown_columns(sheet)
    for problem in sheet.problems:
        if problem.line in by_line:
            by_line[problem.line].problems.append(problem)
        else:
            beside.append(problem)
    world = World.of(rows)
    groups = _by_product(rows, world)
    of_product, of_variant = ProductPlanner(world, files), VariantPlanner(world, sheet)
    planned, done = [], 0
    for code, members in groups.items():
        planned.append(_planned(code, members, world))
        of_product.plan(planned[-1])
        of_variant.plan(planned[-1])
        done += len(members)
        progress(done, len(rows))
    _refuse_booked_twice(sheet, planned)
    looks = [_look(row, planned_row) for row, planned_row in _in_order(rows, planned)]
    problems = beside + [problem for row in rows for problem in row.problems]
    problems.sort(key=lambda problem: problem.line)
    return Plan(looks, planned, of_product.new_brands, problems)


def _by_product(rows: list[Row], world: World) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        owner = world.owners.get(row.code, "")
        if owner and row.product and row.product != owner:
            told = _("The code belongs to the product %(product)s.")
            row.wrong("product", ValidationError(told, params={"product": owner}))
        elif not owner and not row.product and row.code:
            row.wrong("product", _("A new code needs the code of its product."))
        elif row.code:
            groups.setdefault(owner or row.product, []).append(row)
    return groups


def _planned(code: str, members: list[Row], world: World) -> PlannedProduct:
    stored = world.products.get(code)
    planned = PlannedProduct(stored or Product(code=code), is_new=stored is None)
    said = records.cells_of_product(stored) if stored else {}
    variants = stored.variants.all() if stored else []
    known = {variant.code: variant for variant in variants}
    for row in members:
        variant = known.get(row.code)
        base = dict(said)
        if stored and variant:
            base |= records.cells_of_variant(stored, variant)
        is_new, variant = variant is None, variant or Variant(code=row.code)
        planned.variants.append(PlannedVariant(row, variant, is_new, base))
    return planned


def _refuse_booked_twice(sheet: Sheet, planned: Iterable[PlannedProduct]) -> None:
    """Added once, a delivery must not be added again because a file is sent again."""
    moved = {
        each.variant.pk: each
        for product in planned
        for each in product.variants
        if not each.is_new and each.stock_change and _is_relative(each.row)
    }
    for pk in booked_before(sheet.digest, list(moved)):
        row = moved[pk].row
        column = "stock_change" if "stock_change" in row.texts else "stock"
        row.wrong(column, _("This very file has changed this stock already."))


def _is_relative(row: Row) -> bool:
    return "stock_change" in row.texts or "stock_was" in row.texts


def _in_order(
    rows: list[Row], planned: Iterable[PlannedProduct]
) -> Iterable[tuple[Row, PlannedVariant | None]]:
    found = {each.row.line: each for product in planned for each in product.variants}
    for row in rows:
        yield row, found.get(row.line)


def _look(row: Row, planned: PlannedVariant | None) -> Look:
    changes = planned.changes if planned else []
    if row.problems or planned is None:
        state = State.ERROR
    elif planned.is_new:
        state = State.NEW
    else:
        state = State.CHANGED if changes else State.UNCHANGED
    return Look(row.line, row.code, state, changes, row.problems)
