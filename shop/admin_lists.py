"""What the admin's lists have in common: what they may be asked, and who edits them."""

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


class LookOnly:
    """Nobody adds, changes or deletes these rows in the admin."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
