"""Payment gateways behind one small interface (row L1, docs/decisions/0015).

A gateway begins a payment, reads a notice, is asked, and refunds. Balance is none: it
is ours.
"""

from orders.gateways.base import (
    Addresses,
    BadNotice,
    Gateway,
    NoAnswer,
    Notice,
    Refused,
)
from orders.gateways.registry import available, of

__all__ = [
    "Addresses",
    "BadNotice",
    "Gateway",
    "NoAnswer",
    "Notice",
    "Refused",
    "available",
    "of",
]
