"""What we sell, by subject."""

from catalog.models.alerts import Alert
from catalog.models.banners import Banner
from catalog.models.changes import CatalogChange, ProductChange
from catalog.models.companions import Companion, PairCount
from catalog.models.departments import Brand, Category
from catalog.models.facets import Facet, ProductFacets
from catalog.models.home_blocks import HomeBlock
from catalog.models.imports import ProductImport
from catalog.models.pictures import Picture
from catalog.models.prices import LimitedPrice, PricePeriod
from catalog.models.products import Product
from catalog.models.purchases import RecentPurchase
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
from catalog.models.variants import Variant

__all__ = [
    "Alert",
    "Banner",
    "Brand",
    "CatalogChange",
    "Category",
    "Companion",
    "Facet",
    "Favourite",
    "HistoryEntry",
    "HomeBlock",
    "LimitedPrice",
    "PairCount",
    "Picture",
    "Posting",
    "PricePeriod",
    "Product",
    "ProductChange",
    "ProductFacets",
    "ProductImport",
    "ProductSpec",
    "RecentPurchase",
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
