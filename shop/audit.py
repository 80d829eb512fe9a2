"""What must always be true: the registry behind `audit` (row J3).

An app's `audit.py` registers checks; each yields what it finds wrong.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One bad row: what is stored, what should be; `fix` only for derived values."""

    check: str
    model: str
    pk: object
    stored: object
    expected: object
    fix: Callable[[], object] | None = None

    def __str__(self) -> str:
        return (
            f"{self.check} {self.model} {self.pk}: "
            f"is {self.stored}, should be {self.expected}"
        )


Check = Callable[[], Iterator[Finding]]

_checks: list[Check] = []


def check(function: Check) -> Check:
    """Register a check."""
    _checks.append(function)
    return function


def findings() -> Iterator[Finding]:
    """Run all checks, one after the other."""
    for function in _checks:
        yield from function()
