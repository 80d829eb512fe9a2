"""Derived data made anew: the registry behind `rebuild` (row J4).

An app's `rebuild.py` registers what it can derive from other rows.
"""

from collections.abc import Callable
from typing import TypeVar

#: Makes its data anew and returns how many rows it wrote. Run again it changes nothing.
Rebuilder = Callable[[], int]
R = TypeVar("R", bound=Rebuilder)

_rebuilders: dict[str, Rebuilder] = {}


def register(name: str) -> Callable[[R], R]:
    """Register a function under the name that `rebuild` takes."""

    def add(function: R) -> R:
        _rebuilders[name] = function
        return function

    return add


def rebuilders() -> dict[str, Rebuilder]:
    """Return all of them, by name."""
    return dict(sorted(_rebuilders.items()))
