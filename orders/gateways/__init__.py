"""Payment gateways behind one small interface (row L1).

A gateway begins a payment, reads a notice and refunds. Balance is none: it is ours.
"""

from orders.gateways.base import BadNotice, Gateway, NoAnswer, Notice
from orders.gateways.registry import available, of

__all__ = ["BadNotice", "Gateway", "NoAnswer", "Notice", "available", "of"]
