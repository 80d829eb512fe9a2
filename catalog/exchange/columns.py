"""The columns of the spreadsheet, in order; docs/import.md explains them to staff.

A column that is missing says nothing. An empty cell in one of CLEARING says "none",
in any other it says nothing either.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.models import SpecDefinition, VariantSpec

#: The row's own key, and the key of the product that it belongs to.
CODE, PRODUCT = "code", "product"
#: Columns that say something of the product: the same in every row of it.
PRODUCT_TEXTS = (
    "name_zh",
    "name_en",
    "summary_zh",
    "summary_en",
    "description_zh",
    "description_en",
)
PRODUCT_COLUMNS = (
    *PRODUCT_TEXTS,
    "category",
    "brand",
    "brand_zh",
    "brand_en",
    "status",
    "on_shelf_at",
    "seven_day_return",
    "warranty_months",
    "ships_within_hours",
    "free_freight",
    "pictures",
    "pictures_zh",
    "pictures_en",
)
FIXED = (
    CODE,
    PRODUCT,
    "name_zh",
    "name_en",
    "category",
    "brand",
    "options",
    "price",
    "list_price",
    "stock",
    "status",
    "stock_was",
    "options_en",
    "position",
    "picture",
    "brand_zh",
    "brand_en",
    "on_shelf_at",
    "seven_day_return",
    "warranty_months",
    "ships_within_hours",
    "free_freight",
    "summary_zh",
    "summary_en",
    "description_zh",
    "description_en",
    "pictures",
    "pictures_zh",
    "pictures_en",
)
#: Understood on the way in, never written on the way out.
ONLY_IN = ("stock_change",)
CLEARING = {
    *PRODUCT_TEXTS,
    "options",
    "options_en",
    "picture",
    "pictures",
    "pictures_zh",
    "pictures_en",
}
NUMBERS = {"price", "list_price", "stock", "stock_was", "position"}
NUMBERS |= {"warranty_months", "ships_within_hours"}

_SPEC = re.compile(r"(spec|variant_spec):([A-Za-z0-9_-]+)(?::(zh|en))?")


@dataclass(frozen=True)
class SpecColumn:
    """A column `spec:<key>` of the product or `variant_spec:<key>` of the variant.

    Texts have two, `spec:<key>:zh` and `spec:<key>:en`.
    """

    of_variant: bool
    key: str
    language: str = ""


@lru_cache(maxsize=1024)  # asked of every cell; a file has some hundred names
def spec_of(name: str) -> SpecColumn | None:
    """Read the name of a specification's column; None when it is another's."""
    found = _SPEC.fullmatch(name)
    if not found:
        return None
    return SpecColumn(found[1] == "variant_spec", found[2], found[3] or "")


def spec_columns(definition: SpecDefinition, prefix: str = "spec") -> list[str]:
    """Return the names of a specification's columns."""
    name = f"{prefix}:{definition.key}"
    if definition.type == SpecDefinition.Type.TEXT:
        return [f"{name}:zh", f"{name}:en"]
    return [name]


def header(definitions: list[SpecDefinition]) -> list[str]:
    """Return all columns of an export: the fixed ones, then the specifications."""
    used = set(VariantSpec.objects.values_list("definition_id", flat=True).distinct())
    names = list(FIXED)
    for definition in definitions:
        names += spec_columns(definition)
    for definition in definitions:
        if definition.pk in used:
            names += spec_columns(definition, "variant_spec")
    return list(dict.fromkeys(names))


def all_definitions() -> list[SpecDefinition]:
    """Return the specifications of all categories, in order, with their choices."""
    definitions = SpecDefinition.objects.select_related("category")
    ordered = definitions.order_by("category__position", "category", "position", "pk")
    return list(ordered.prefetch_related("choices"))
