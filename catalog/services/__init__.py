"""What is done to the catalogue, by subject: products, stock, counters."""

from catalog.services.bulk import (
    NewPrice,
    StockChange,
    change_stock,
    lock_variants,
    pictures_of,
    set_prices,
)
from catalog.services.changes import note_change
from catalog.services.counters import average, count_sale, set_ratings
from catalog.services.prices import write_down_prices
from catalog.services.products import (
    SUMMARY,
    add_picture,
    move_to_shelf,
    product_changed,
    refresh_summary,
    summaries,
    translated_percent,
    words_changed,
)
from catalog.services.stock import (
    OutOfStock,
    StockMoved,
    give_back,
    hold_until,
    release_hold,
    set_stock,
    take,
)

__all__ = [
    "SUMMARY",
    "NewPrice",
    "OutOfStock",
    "StockChange",
    "StockMoved",
    "add_picture",
    "average",
    "change_stock",
    "count_sale",
    "give_back",
    "hold_until",
    "lock_variants",
    "move_to_shelf",
    "note_change",
    "pictures_of",
    "product_changed",
    "refresh_summary",
    "release_hold",
    "set_prices",
    "set_ratings",
    "set_stock",
    "summaries",
    "take",
    "translated_percent",
    "words_changed",
    "write_down_prices",
]
