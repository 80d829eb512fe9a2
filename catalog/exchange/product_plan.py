"""What the rows of one product say of the product itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.exchange import cells, columns, records
from catalog.exchange.picture_files import PictureFiles
from catalog.exchange.plan import (
    Change,
    PlannedPicture,
    PlannedProduct,
    PlannedVariant,
)
from catalog.exchange.rows import Row
from catalog.exchange.spec_plan import changed_specs, spec_texts
from catalog.exchange.world import World
from catalog.models import Brand, SpecDefinition

NEEDED = ("name_zh", "category", "brand", "price")
PICTURES = ("pictures", "pictures_zh", "pictures_en")


class ProductPlanner:
    """Plans products one after the other; new brands are made once for all."""

    def __init__(self, world: World, files: PictureFiles) -> None:
        self.world = world
        self.files = files
        self.new_brands: list[Brand] = []
        self._told_brands: set[str] = set()

    def plan(self, planned: PlannedProduct) -> None:
        """Note what becomes of a product, and in its rows what is wrong."""
        _refuse_contradictions(planned)
        first = planned.variants[0].row
        if planned.is_new:
            _refuse_missing(first)
        self._plan_category(planned, first)
        self._plan_brand(planned)
        self._plan_columns(planned, first)
        self._plan_specs(planned)
        self._plan_pictures(planned, first)
        for member in planned.variants:
            self._compare(member)

    def _plan_category(self, planned: PlannedProduct, first: Row) -> None:
        slug = first.texts.get("category", "")
        category = self.world.categories.get(slug)
        if slug and category is None:
            told = _("There is no category “%(slug)s”.")
            first.wrong("category", ValidationError(told, params={"slug": slug}))
        elif planned.is_new and category:
            planned.product.category = category
        elif category and category.pk != planned.product.category_id:
            # Its specifications belong to the category.
            first.wrong("category", _("A product stays in its category."))

    def _plan_brand(self, planned: PlannedProduct) -> None:
        first = planned.variants[0].row
        slug = first.texts.get("brand", "")
        if not slug:
            self._refuse_renaming(first, planned)
            return
        brand = self.world.brands.get(slug) or self._new_brand(first, slug)
        if brand is None:
            return
        planned.brand = brand
        self._refuse_renaming(first, planned)

    def _new_brand(self, row: Row, slug: str) -> Brand | None:
        name = row.texts.get("brand_zh", "")
        if not name:
            told = _("There is no brand “%(slug)s”; brand_zh would make it.")
            row.wrong("brand", ValidationError(told, params={"slug": slug}))
            return None
        brand = Brand(slug=slug, name_zh=name, name_en=row.texts.get("brand_en", ""))
        try:
            brand.clean_fields()
        except ValidationError as error:
            row.wrong("brand", error)
            return None
        self.world.brands[slug] = brand
        self.new_brands.append(brand)
        return brand

    def _refuse_renaming(self, row: Row, planned: PlannedProduct) -> None:
        """A brand has many products: it is renamed on its own page, not in passing."""
        brand = planned.brand or (None if planned.is_new else planned.product.brand)
        if brand is None or brand.slug in self._told_brands:
            return
        for column in ("brand_zh", "brand_en"):
            said = row.texts.get(column)
            stored = getattr(brand, column.replace("brand", "name"))
            if said is not None and said != stored:
                self._told_brands.add(brand.slug)
                row.wrong(column, _("The brand has another name in the shop."))

    def _plan_columns(self, planned: PlannedProduct, first: Row) -> None:
        for name, value in first.of_product.items():
            if planned.is_new or getattr(planned.product, name) != value:
                planned.values[name] = value

    def _plan_specs(self, planned: PlannedProduct) -> None:
        texts: dict[SpecDefinition, dict[str, str]] = {}
        category_id = planned.product.category_id or 0
        for member in planned.variants:
            found = spec_texts(member.row, self.world, category_id, of_variant=False)
            texts = texts or found
        planned.specs = changed_specs(texts, planned.variants[0].base, "spec")

    def _plan_pictures(self, planned: PlannedProduct, first: Row) -> None:
        if "pictures" not in first.texts:
            for column in PICTURES[1:]:
                if first.texts.get(column):
                    first.wrong(column, _("It needs the column “pictures”."))
            return
        stems = self._stems(first)
        zh, en = (self._alts(planned, column, stems) for column in PICTURES[1:])
        planned.pictures = list(map(PlannedPicture, stems, zh, en))
        spelt = cells.joined(records.name_of(stem) for stem in stems)
        for member in planned.variants:
            if "pictures" in member.row.texts:
                member.row.texts["pictures"] = spelt
        self._plan_shown(planned)

    def _stems(self, first: Row) -> list[str]:
        stems = []
        for name in cells.parts_of(first.texts["pictures"]):
            try:
                stem = self.files.stem(name)
            except ValidationError as error:
                first.wrong("pictures", error)
                continue
            if stem in stems:
                first.wrong("pictures", _("The same picture stands there twice."))
                continue
            stems.append(stem)
        return stems

    def _alts(
        self, planned: PlannedProduct, column: str, stems: list[str]
    ) -> list[str]:
        first = planned.variants[0].row
        if column not in first.texts:
            return _kept_alts(planned, column, stems)
        alts = cells.parts_of(first.texts[column])
        if len(alts) > len(cells.parts_of(first.texts["pictures"])):
            first.wrong(column, _("There are more of them than pictures."))
        return (alts + [""] * len(stems))[: len(stems)]

    def _plan_shown(self, planned: PlannedProduct) -> None:
        stems = {picture.stem for picture in planned.pictures or []}
        for member in planned.variants:
            name = member.row.texts.get("picture")
            if not name:
                continue
            try:
                stem = self.files.stem(name)
            except ValidationError as error:
                member.row.wrong("picture", error)
                continue
            if stem not in stems:
                told = _("It is not among the product's pictures.")
                member.row.wrong("picture", told)
            member.row.texts["picture"] = records.name_of(stem)

    def _compare(self, member: PlannedVariant) -> None:
        """Note what is unlike the shop in the columns that rows of a product share."""
        for column, after in member.row.texts.items():
            if column in ("brand_zh", "brand_en") or not _is_shared(column):
                continue
            before = member.base.get(column, "")
            if cells.folded(before) != cells.folded(after):
                key = f"{before}→{after}"
                member.changes.append(Change(column, before, after, key))


def _is_shared(column: str) -> bool:
    spec = columns.spec_of(column)
    return not spec.of_variant if spec else column in columns.PRODUCT_COLUMNS


def _refuse_missing(first: Row) -> None:
    wrong = {problem.column for problem in first.problems}
    for column in NEEDED:
        if not first.texts.get(column) and column not in wrong:
            first.wrong(column, _("A new product needs it."))


def _refuse_contradictions(planned: PlannedProduct) -> None:
    first = planned.variants[0].row
    said_first = _shared(first)
    for member in planned.variants[1:]:
        for column, said in _shared(member.row).items():
            before = said_first.get(column)
            if before is not None and before != said:
                told = _("It says something else than line %(line)d.")
                error = ValidationError(told, params={"line": first.line})
                member.row.wrong(column, error)


def _shared(row: Row) -> dict[str, Any]:
    said: dict[str, Any] = {
        column: text for column, text in row.texts.items() if _is_shared(column)
    }
    for language in ("", "_en"):
        if f"options{language}" in row.texts:
            suffix = language or "_zh"
            said[f"options{language}"] = [
                row.of_product.get(f"option{place}_name{suffix}") for place in (1, 2)
            ]
    return said


def _kept_alts(planned: PlannedProduct, column: str, stems: list[str]) -> list[str]:
    """Return what the file does not say: a picture that stays keeps its description."""
    if planned.is_new:
        return [""] * len(stems)
    base = planned.variants[0].base
    names = cells.parts_of(base.get("pictures", ""))
    kept = dict(zip(names, cells.parts_of(base.get(column, "")), strict=False))
    return [kept.get(records.name_of(stem), "") for stem in stems]
