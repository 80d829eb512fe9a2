"""The categories that every page leads to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from catalog.models import Category


@dataclass(frozen=True)
class Departments:
    """The visible categories. Equal to others when all that they say is equal."""

    said: tuple[Any, ...]
    categories: tuple[Category, ...] = field(compare=False)

    def __iter__(self) -> Iterator[Category]:
        return iter(self.categories)

    @classmethod
    def visible(cls) -> Self:
        """Ask for them, in their order."""
        categories = tuple(Category.objects.visible().in_order())
        columns = [column.attname for column in Category._meta.concrete_fields]
        said = (getattr(each, name) for each in categories for name in columns)
        return cls(tuple(said), categories)
