"""What a product's page shows: variants to choose from, pictures, specifications."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db.models import QuerySet
from django.http import Http404

from catalog import price_panel, services
from catalog.cards import Card
from catalog.companions import goes_well_with
from catalog.models import Picture, Product, Variant
from catalog.spec_table import SpecGroup, spec_groups
from catalog.variant_picker import OptionGroup, option_groups
from shop import due, policy

RULES = ("low_stock", "purchase_limit")

Viewer = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class ProductPage:
    product: Product
    variant: Variant
    variants: list[Variant]
    option_groups: list[OptionGroup]
    #: The chosen variant's picture first.
    pictures: list[Picture]
    spec_groups: list[SpecGroup]
    companions: list[Card]
    price_panel: price_panel.PricePanel
    is_preview: bool
    #: From which stock down the page says how many are left (row C3).
    low_stock: int
    #: How many units of a variant a shopper may buy; 0 is no limit.
    purchase_limit: int

    @property
    def is_sold_out(self) -> bool:
        """Tell whether there is none of the chosen variant."""
        return self.variant.stock == 0

    @property
    def stocked_ids(self) -> tuple[int, ...]:
        """The products on the page: their stock is asked for each time it is shown."""
        return (self.product.pk, *(each.pk for each in self.companions))


def load(
    product_id: int, *, variant_id: str, viewer: Viewer, now: datetime
) -> ProductPage:
    """Load the page with one variant chosen: the one named, else the cheapest in stock.

    Http404 when there is nothing that this viewer may see. Staff with the right to look
    at products see drafts and hidden ones too (row B1).
    """
    variants = _settled_variants(product_id, now)
    if not variants:
        raise Http404
    chosen = _chosen(variants, variant_id)
    product = chosen.product
    is_public = product.is_public(now)
    if not (is_public or _may_preview(viewer)):
        raise Http404
    return ProductPage(
        product=product,
        variant=chosen,
        variants=variants,
        option_groups=option_groups(product, variants, chosen),
        pictures=_chosen_first(list(product.pictures.in_order()), chosen),
        spec_groups=spec_groups(chosen),
        price_panel=price_panel.load(chosen, now=now),
        companions=goes_well_with(product, now=now),
        is_preview=not is_public,
        **_rules(chosen),
    )


def _settled_variants(product_id: int, now: datetime) -> list[Variant]:
    """Return the variants as they are now.

    Once overdue orders have let go of their units (row E2), and prices that are due to
    change have changed (row H6).
    """
    variants = list(_variants(product_id))
    held = [v.pk for v in variants if v.held_until and v.held_until <= now]
    late = [v.pk for v in variants if v.price_due_at and v.price_due_at <= now]
    if held:
        due.settle("variants", held)
    if late:
        services.settle_prices(variant_ids=late)
    return list(_variants(product_id)) if held or late else variants


def _variants(product_id: int) -> QuerySet[Any]:
    """Ask for variants, product, category, brand and the shop's rules all at once."""
    # Of pk, unlike of product itself, Django knows which numbers no column holds.
    variants = Variant.objects.filter(product__pk=product_id).in_order()
    rules = {f"rule_{name}": policy.column(name) for name in RULES}
    return variants.select_related("product__category", "product__brand").annotate(
        **rules
    )


def _rules(variant: Variant) -> dict[str, int]:
    return {name: int(getattr(variant, f"rule_{name}")) for name in RULES}


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
