"""What the admin's lists have in common."""

from typing import Any, ClassVar

from django.http import HttpRequest


class ListedLookups:
    """Lets an address filter only by what the list offers.

    Django allows every column: letter by letter, a filter would read out what the page
    masks or never shows.
    """

    list_filter: ClassVar[Any] = ()

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        column = lookup.partition("__")[0]
        own = [getattr(each, "parameter_name", each) for each in self.list_filter]
        return column in ("id", "pk", *own)
