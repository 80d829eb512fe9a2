"""Who wants to know that something changed: the ground and one floor tell the others.

An app's `changes.py` listens to a topic; whoever changes such things says so, inside
the transaction that changes them.
"""

from collections.abc import Callable, Collection
from typing import Any

#: Follows a change of these things, named by their keys.
Follower = Callable[[Collection[Any]], object]

_followers: dict[str, list[Follower]] = {}


def follow(topic: str) -> Callable[[Follower], Follower]:
    """Register who follows the changes of a topic."""

    def register(function: Follower) -> Follower:
        _followers.setdefault(topic, []).append(function)
        return function

    return register


def changed(topic: str, keys: Collection[Any]) -> None:
    """Say that these things were changed just now."""
    for function in _followers.get(topic, []):
        function(keys)
