"""What is done to carts, by subject. Each function does its whole deed or nothing.

Every deed first locks its cart's row, so that two at once come one after the other,
and a cart is not ordered while it changes.
"""

from cart.services.again import Put, add_all
from cart.services.housekeeping import forget_cart
from cart.services.lines import (
    add,
    change,
    clear_dead,
    most_of,
    remove,
    restore,
    select_all,
    settle_overdue,
)
from cart.services.merging import Merged, merge
from cart.services.reminding import remind_of_cart

__all__ = [
    "Merged",
    "Put",
    "add",
    "add_all",
    "change",
    "clear_dead",
    "forget_cart",
    "merge",
    "most_of",
    "remind_of_cart",
    "remove",
    "restore",
    "select_all",
    "settle_overdue",
]
