"""What a shop to try looks like: the registry behind `load_demo` (row J2).

An app's `demo.py` registers its steps; they run floor by floor, in the order of
INSTALLED_APPS. A step that finds its rows writes none anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from django.utils.functional import Promise

Progress = Callable[[int, int], None]


@dataclass
class Wishes:
    """How big the shop to try shall be. `random` gives one shop for one seed."""

    products: int
    orders: int
    random: Random
    #: Called with (done, of how many) as a step goes on.
    progress: Progress = lambda done, total: None


Step = Callable[[Wishes], object]
S = TypeVar("S", bound=Step)

_steps: list[tuple[str | Promise, Step]] = []
_accounts: list[Callable[[], list[tuple[str, str, str]]]] = []


def step(title: str | Promise) -> Callable[[S], S]:
    """Register a step under the words that `load_demo` prints for it."""

    def register(function: S) -> S:
        _steps.append((title, function))
        return function

    return register


def steps() -> list[tuple[str | Promise, Step]]:
    """Return all steps in order."""
    return list(_steps)


def accounts(
    function: Callable[[], list[tuple[str, str, str]]],
) -> Callable[[], list[tuple[str, str, str]]]:
    """Register who can sign in to the shop to try: (role, phone, password)."""
    _accounts.append(function)
    return function


def all_accounts() -> list[tuple[str, str, str]]:
    """Return the accounts to sign in with."""
    return [account for function in _accounts for account in function()]
