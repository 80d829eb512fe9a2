"""What the list of orders can be narrowed to, beside their states."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.next_event import SOON
from shop import clock


class DueSoon(admin.SimpleListFilter):
    """Orders to which the clock does something within a day (row M1)."""

    title = _("the clock")
    parameter_name = "clock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("24h", _("due in 24 h"))]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Order]"
    ) -> "QuerySet[Order]":
        if not self.value():
            return queryset
        return queryset & Order.objects.due_by(clock.now() + SOON)
