"""What we sell, by subject."""

from catalog.models.changes import CatalogChange
from catalog.models.departments import Brand, Category
from catalog.models.imports import ProductImport
from catalog.models.pictures import Picture
from catalog.models.products import Product, Variant
from catalog.models.search import (
    Posting,
    SearchCount,
    SearchState,
    SearchToken,
    StaleWords,
    Synonym,
)
from catalog.models.shoppers import Favourite, HistoryEntry
from catalog.models.specs import (
    ProductSpec,
    SpecChoice,
    SpecDefinition,
    SpecValue,
    VariantSpec,
)
from catalog.models.stock import StockEntry

__all__ = [
    "Brand",
    "CatalogChange",
    "Category",
    "Favourite",
    "HistoryEntry",
    "Picture",
    "Posting",
    "Product",
    "ProductImport",
    "ProductSpec",
    "SearchCount",
    "SearchState",
    "SearchToken",
    "SpecChoice",
    "SpecDefinition",
    "SpecValue",
    "StaleWords",
    "StockEntry",
    "Synonym",
    "Variant",
    "VariantSpec",
]
