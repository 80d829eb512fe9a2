"""Carriers: how their numbers look, and who tells where a parcel is (rows F7, L1)."""

from orders.carriers.base import NoAnswer, Scan, Tracker
from orders.carriers.names import carrier_called
from orders.carriers.numbers import read_number
from orders.carriers.registry import refuse_unsound_url, tracker

__all__ = [
    "NoAnswer",
    "Scan",
    "Tracker",
    "carrier_called",
    "read_number",
    "refuse_unsound_url",
    "tracker",
]
