"""What staff see and do of the catalogue."""

from catalog.admin import (
    departments,
    prices,
    products,
    search,
    showcase,
    specs,
    stock,
)
from shop import roles

__all__ = [
    "departments",
    "prices",
    "products",
    "search",
    "showcase",
    "specs",
    "stock",
]

MODELS = (
    "category",
    "brand",
    "product",
    "variant",
    "picture",
    "companion",
    "specdefinition",
    "specchoice",
)

roles.grant_view(*(f"catalog.view_{model}" for model in MODELS))
roles.grant_view("catalog.view_stockentry")
roles.grant_view(
    "catalog.view_banner",
    "catalog.view_homeblock",
    "catalog.view_limitedprice",
    "catalog.view_priceperiod",
)
roles.grant(
    roles.CATALOGUE,
    *(
        f"catalog.{verb}_{model}"
        for model in ("banner", "homeblock")
        for verb in ("add", "change", "delete")
    ),
)
roles.grant_view("catalog.view_searchcount", "catalog.view_synonym")
roles.grant(
    roles.CATALOGUE,
    *(f"catalog.{verb}_synonym" for verb in ("add", "change", "delete")),
    *(f"catalog.{verb}_limitedprice" for verb in ("add", "change", "delete")),
)
roles.grant(
    roles.CATALOGUE,
    *(f"catalog.{verb}_{model}" for model in MODELS[1:] for verb in ("add", "change")),
    *(f"catalog.delete_{model}" for model in ("picture", "companion", "specchoice")),
    "catalog.change_category",
)
