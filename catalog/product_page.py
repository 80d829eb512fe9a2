"""What a product's page shows: variants to choose from, pictures, specifications."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from catalog import price_panel, services
from catalog.models import Picture, Product, SpecDefinition, SpecValue, Variant
from catalog.templatetags.catalog import trimmed, words
from shop import due


@dataclass(frozen=True)
class Choice:
    """A button of the variant picker: a value of one option, and where it leads."""

    label: str
    variant: Variant
    is_chosen: bool
    is_sold_out: bool


@dataclass(frozen=True)
class OptionGroup:
    """One option, such as colour, with its values."""

    name: str
    choices: list[Choice]


@dataclass(frozen=True)
class ProductPage:
    product: Product
    variant: Variant
    variants: list[Variant]
    option_groups: list[OptionGroup]
    #: The chosen variant's picture first.
    pictures: list[Picture]
    specs: list[tuple[str, str]]
    price_panel: price_panel.PricePanel
    is_preview: bool


#: Found by makemessages here; a unit that staff add is shown as they wrote it.
UNITS_WITH_WORDS = (
    pgettext_lazy("unit", "in"),
    pgettext_lazy("unit", "nits"),
    pgettext_lazy("unit", "h"),
)

Viewer = AbstractBaseUser | AnonymousUser


def load(
    product_id: int, *, variant_id: str, viewer: Viewer, now: datetime
) -> ProductPage:
    """Load the page with one variant chosen: the one named, else the cheapest in stock.

    Http404 when there is nothing that this viewer may see. Staff with the right to look
    at products see drafts and hidden ones too (row B1).
    """
    products = Product.objects.select_related("category", "brand")
    product = get_object_or_404(products, pk=product_id)
    services.settle_products([product])
    is_public = product.is_public(now)
    variants = _settled_variants(product, now)
    if not variants or not (is_public or _may_preview(viewer)):
        raise Http404
    chosen = _chosen(variants, variant_id)
    pictures = list(product.pictures.in_order())
    return ProductPage(
        product=product,
        variant=chosen,
        variants=variants,
        option_groups=_option_groups(product, variants, chosen),
        pictures=_chosen_first(pictures, chosen),
        specs=_specs(product, chosen),
        price_panel=price_panel.load(chosen, now=now),
        is_preview=not is_public,
    )


def _settled_variants(product: Product, now: datetime) -> list[Variant]:
    """Return the variants once overdue orders have let go of their units (row E2)."""
    variants = list(product.variants.in_order())
    held = [v.pk for v in variants if v.held_until and v.held_until <= now]
    if held:
        due.settle("variants", held)
        variants = list(product.variants.in_order())
    return variants


def _may_preview(viewer: Viewer) -> bool:
    return (
        isinstance(viewer, PermissionsMixin)
        and viewer.is_active
        and viewer.has_perm("catalog.view_product")
    )


def _chosen(variants: list[Variant], variant_id: str) -> Variant:
    for variant in variants:
        if str(variant.pk) == variant_id:
            return variant
    return min(variants, key=lambda v: (v.stock == 0, v.price, v.position, v.pk))


def _chosen_first(pictures: list[Picture], chosen: Variant) -> list[Picture]:
    # A stable sort: the chosen variant's picture leads, the others keep their order.
    return sorted(pictures, key=lambda picture: picture.pk != chosen.picture_id)


def _option_groups(
    product: Product, variants: list[Variant], chosen: Variant
) -> list[OptionGroup]:
    groups = []
    for this, other in (("option1", "option2"), ("option2", "option1")):
        if any(getattr(variant, f"{this}_zh") for variant in variants):
            name = words(product, f"{this}_name") or _("Version")
            groups.append(OptionGroup(name, _choices(variants, chosen, this, other)))
    return groups


def _choices(
    variants: list[Variant], chosen: Variant, this: str, other: str
) -> list[Choice]:
    """Return one option's values, each leading to the variant nearest to `chosen`."""
    by_value: dict[str, list[Variant]] = {}
    for variant in variants:
        by_value.setdefault(getattr(variant, f"{this}_zh"), []).append(variant)
    chosen_value = getattr(chosen, f"{this}_zh")
    wanted = getattr(chosen, f"{other}_zh")
    choices = []
    for value, sisters in by_value.items():
        nearest = min(
            sisters,
            key=lambda v: (getattr(v, f"{other}_zh") != wanted, v.stock == 0, v.pk),
        )
        choices.append(
            Choice(
                label=words(nearest, this),
                variant=nearest,
                is_chosen=value == chosen_value,
                is_sold_out=nearest.stock == 0,
            )
        )
    return choices


def _specs(product: Product, chosen: Variant) -> list[tuple[str, str]]:
    """Return (name, value with unit), what the variant says before the product."""
    said = by_definition(product.specs.select_related("definition", "choice"))
    said |= by_definition(chosen.specs.select_related("definition", "choice"))
    rows = sorted(
        said.values(),
        key=lambda row: (row[0].definition.position, row[0].definition_id),
    )
    return [(words(row[0].definition, "name"), spec_words(row)) for row in rows]


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
