"""The filter of the orders that wait longer for a parcel than they should."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from shop import clock


class Waiting(admin.SimpleListFilter):
    """Orders that wait for a parcel longer than they should."""

    title = _("waiting to be shipped")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Any]:
        return [("late", _("should have left")), ("asked", _("the buyer asked"))]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Order]"
    ) -> "QuerySet[Order]":
        if self.value() == "late":
            late = Order.objects.overdue_to_ship(clock.now())
            return queryset.filter(pk__in=late.values("pk"))
        if self.value() == "asked":
            asked = Order.objects.to_ship().filter(ship_reminded_at__isnull=False)
            return queryset.filter(pk__in=asked.values("pk"))
        return queryset
