"""Addresses that differ from a list's own in one parameter, on its first page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise

from catalog.wishes import with_ranges


@dataclass(frozen=True)
class Option:
    """A value of a filter: `href` takes it, or gives it back when it is chosen."""

    label: str | Promise
    href: str
    is_chosen: bool = False
    #: How many products would be there with it, such as "12" or "3120+".
    number: str = ""


class Links:
    """The links of a list; what is set stays, the page does not."""

    def __init__(self, parameters: QueryDict) -> None:
        joined = with_ranges(parameters)
        joined.pop("page", None)
        self._pairs = [(n, v) for n, values in joined.lists() for v in values]
        # Written once: a list has a hundred links.
        self._all = "?" + "".join(f"{_written(*pair)}&" for pair in self._pairs)

    @property
    def page_address(self) -> str:
        """The address of any page of the list; the number of the page follows."""
        return f"{self._all}page="

    def has(self, name: str, value: str) -> bool:
        return (name, value) in self._pairs

    def toggle(self, name: str, value: str) -> str:
        """Take a value, or give it back when it is taken."""
        pair = (name, value)
        if pair in self._pairs:
            return self._to(each for each in self._pairs if each != pair)
        return self._all + _written(name, value)

    def choose(self, name: str, value: str) -> str:
        """Take this value alone."""
        others = [each for each in self._pairs if each[0] != name]
        return self._to([*others, (name, value)])

    def without(self, *names: str) -> str:
        return self._to(each for each in self._pairs if each[0] not in names)

    def only(self, *names: str) -> str:
        return self._to(each for each in self._pairs if each[0] in names)

    def kept(
        self, but: Collection[str], *, without_ranges_of: Collection[str]
    ) -> list[tuple[str, str]]:
        """Return what a form carries along that has fields for the others."""
        return [
            (name, value)
            for name, value in self._pairs
            if name not in but and not _is_range_of(without_ranges_of, name, value)
        ]

    def _to(self, pairs: Iterable[tuple[str, str]]) -> str:
        return "?" + "&".join(_written(*each) for each in pairs)


# All pages lead to the same values.
@lru_cache(maxsize=10_000)
def _written(name: str, value: str) -> str:
    return urlencode([(name, value)])


def _is_range_of(keys: Collection[str], name: str, value: str) -> bool:
    key, _colon, said = value.partition(":")
    return name == "spec" and ".." in said and key in keys
