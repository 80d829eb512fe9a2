"""The departments that every page's header leads to."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.models import Category


def categories(request: HttpRequest) -> dict[str, Any]:
    """Give templates the visible categories; asked once a page, and only if shown."""
    visible = Category.objects.visible().in_order()
    return {"categories": SimpleLazyObject(lambda: list(visible))}
