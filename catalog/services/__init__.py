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
from catalog.services.companions import (
    Pair,
    count_together,
    pairs_of,
    recount_together,
)
from catalog.services.counters import average, count_sale, set_ratings
from catalog.services.limited_prices import (
    LimitedPriceRefused,
    call_off_limited_price,
    end_limited_price,
    set_limited_price,
)
from catalog.services.price_history import begin_history
from catalog.services.products import (
    SUMMARY,
    add_picture,
    delete_specifications,
    move_to_shelf,
    product_changed,
    refresh_summary,
    summaries,
    translated_percent,
    words_changed,
)
from catalog.services.purchases import forget_purchases, note_purchase
from catalog.services.settling import (
    settle_prices,
    settle_prices_of,
    settle_products,
    settle_variants,
)
from catalog.services.stock import (
    Moved,
    OutOfStock,
    StockMoved,
    free_overdue,
    give_back,
    hold_until,
    refresh_stock,
    release_hold,
    scrap,
    send_replacement,
    set_stock,
    take,
    take_back,
)

__all__ = [
    "SUMMARY",
    "LimitedPriceRefused",
    "Moved",
    "NewPrice",
    "OutOfStock",
    "Pair",
    "StockChange",
    "StockMoved",
    "add_picture",
    "average",
    "begin_history",
    "call_off_limited_price",
    "change_stock",
    "count_sale",
    "count_together",
    "delete_specifications",
    "end_limited_price",
    "forget_purchases",
    "free_overdue",
    "give_back",
    "hold_until",
    "lock_variants",
    "move_to_shelf",
    "note_change",
    "note_purchase",
    "pairs_of",
    "pictures_of",
    "product_changed",
    "recount_together",
    "refresh_stock",
    "refresh_summary",
    "release_hold",
    "scrap",
    "send_replacement",
    "set_limited_price",
    "set_prices",
    "set_ratings",
    "set_stock",
    "settle_prices",
    "settle_prices_of",
    "settle_products",
    "settle_variants",
    "summaries",
    "take",
    "take_back",
    "translated_percent",
    "words_changed",
]
