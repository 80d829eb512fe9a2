"""What an import would do: the plan that is shown, and then carried out."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.exchange.problems import Problem
from catalog.exchange.rows import Row
from catalog.exchange.specs import Said
from catalog.models import Brand, Product, SpecDefinition, Variant


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True)
class Change:
    """What a cell changes. `key` is what of it must still be so when it is applied."""

    column: str
    before: str
    after: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.column}: {_short(self.before)} → {_short(self.after)}"


@dataclass
class Look:
    """One row, as a dry run shows it."""

    line: int
    code: str
    state: State
    changes: list[Change]
    problems: list[Problem]


@dataclass(frozen=True)
class PlannedPicture:
    stem: str
    alt_zh: str
    alt_en: str


@dataclass
class Specs:
    """What becomes of specifications: all rows of these definitions are replaced."""

    definitions: list[SpecDefinition] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass
class PlannedVariant:
    row: Row
    variant: Variant
    is_new: bool
    base: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    stock_change: int = 0
    #: The stem of its own picture; empty: none; None: as it is.
    picture: str | None = None
    specs: Specs = field(default_factory=Specs)
    changes: list[Change] = field(default_factory=list)


@dataclass
class PlannedProduct:
    product: Product
    is_new: bool
    values: dict[str, Any] = field(default_factory=dict)
    brand: Brand | None = None
    #: All pictures, in order; None: as they are.
    pictures: list[PlannedPicture] | None = None
    specs: Specs = field(default_factory=Specs)
    variants: list[PlannedVariant] = field(default_factory=list)

    @property
    def is_touched(self) -> bool:
        return any(each.is_new or each.changes for each in self.variants)


@dataclass
class Plan:
    looks: list[Look]
    products: list[PlannedProduct]
    brands: list[Brand]
    problems: list[Problem]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        found = Counter(look.state.value for look in self.looks)
        return {state.value: found[state.value] for state in State}

    @property
    def touched(self) -> list[PlannedProduct]:
        return [planned for planned in self.products if planned.is_touched]

    @property
    def fingerprint(self) -> str:
        """Tell this plan from any other: what was looked at is what will be done."""
        said = [
            (look.code, look.state, [(c.column, c.key) for c in look.changes])
            for look in self.looks
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:59]}…" if len(text) > 60 else text or "–"
