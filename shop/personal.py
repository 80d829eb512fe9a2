"""What the shop holds about a person: the registry behind export and closing (A11).

An app's `personal.py` registers sections: what it holds about an account, what forbids
to close it, and how it is made nameless.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.timezone import localtime


def nothing(user: Any) -> list[Any]:
    """Answer that there is nothing."""
    return []


def leave(user: Any) -> None:
    """Leave all as it is: it names nobody."""


@dataclass(frozen=True)
class Section:
    """What one part of the shop answers about an account.

    `held` returns what JSON can say: it is the account's own, readable, and has neither
    secrets nor what is somebody else's. `forbids` returns sentences that say what has
    to be done first. `make_nameless` runs in the transaction that closes the account,
    with the account as it was; it can be run again.
    """

    name: str
    held: Callable[[Any], Any]
    forbids: Callable[[Any], Iterable[str | Promise]] = nothing
    make_nameless: Callable[[Any], None] = leave


_sections: list[Section] = []


def register(section: Section) -> None:
    """Add a section; called from an app's `personal.py`."""
    _sections.append(section)


def held_about(user: AbstractBaseUser) -> dict[str, Any]:
    """Return all that is held about an account, section by section."""
    return {section.name: section.held(user) for section in _sections}


def reasons_against_closing(user: AbstractBaseUser) -> list[str]:
    """Return what forbids to close an account now, a sentence each."""
    return [str(reason) for section in _sections for reason in section.forbids(user)]


def make_nameless(user: AbstractBaseUser) -> None:
    """Take out of all rows what tells whose they are."""
    for section in _sections:
        section.make_nameless(user)


def written(moment: datetime | None) -> str | None:
    """Write a moment for an export: ISO 8601 with its offset."""
    return localtime(moment).isoformat(timespec="seconds") if moment else None
