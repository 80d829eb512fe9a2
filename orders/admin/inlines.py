"""What stands below an order: items, parcels, payments, history. Nobody edits it."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalog.templatetags.catalog import words_of
from orders import timeline
from orders.models import (
    Order,
    OrderEvent,
    OrderItem,
    Parcel,
    ParcelScan,
    Payment,
    Refund,
)
from orders.templatetags.orders import reason_words
from shop.admin_lists import LookOnly
from shop.money import shown


class ItemInline(LookOnly, admin.TabularInline[OrderItem, Order]):
    model = OrderItem
    extra = 0
    can_delete = False
    ordering = ("pk",)
    fields = readonly_fields = (
        "code",
        "what",
        "shown_price",
        "quantity",
        "shown_discount",
        "shown_amount",
        "status",
        "shipped_quantity",
        "received_at",
    )

    @admin.display(description=_("item"))
    def what(self, item: OrderItem) -> str:
        name, options = words_of(item, "name"), words_of(item, "options")
        return f"{name} ({options})" if options else name

    @admin.display(description=_("unit price"))
    def shown_price(self, item: OrderItem) -> str:
        return shown(item.unit_price)

    @admin.display(description=_("coupon"))
    def shown_discount(self, item: OrderItem) -> str:
        return f"-{shown(item.discount_amount)}" if item.discount_amount else "–"

    @admin.display(description=_("amount"))
    def shown_amount(self, item: OrderItem) -> str:
        return shown(item.amount)


class ParcelInline(LookOnly, admin.TabularInline[Parcel, Order]):
    model = Parcel
    extra = 0
    can_delete = False
    ordering = ("pk",)
    fields = readonly_fields = (
        "carrier",
        "tracking_number",
        "contents",
        "sent_at",
        "sender",
        "corrected_at",
        "seen",
        "slip",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Parcel]":
        rows = super().get_queryset(request).select_related("sent_by")
        scans = Prefetch("scans", ParcelScan.objects.newest_first())
        return rows.prefetch_related("lines__item", scans)

    @admin.display(description=_("where it was seen"))
    def seen(self, parcel: Parcel) -> SafeString:
        lines = (
            (f"{localtime(scan.at):%m-%d %H:%M}", scan.get_kind_display(), scan.text)
            for scan in parcel.scans.all()
        )
        return format_html_join(mark_safe("<br>"), "{} {} {}", lines)

    @admin.display(description=_("packing slip"))
    def slip(self, parcel: Parcel) -> SafeString:
        page = reverse("admin:orders_order_packing_slip", args=[parcel.order_id])
        address = f"{page}?parcel={parcel.pk}"
        return format_html('<a href="{}">{}</a>', address, _("Print"))

    @admin.display(description=_("contents"))
    def contents(self, parcel: Parcel) -> str:
        lines = parcel.lines.all()
        return ", ".join(f"{line.item.code} × {line.quantity}" for line in lines)

    @admin.display(description=_("sent by"))
    def sender(self, parcel: Parcel) -> str:
        return _name_of(parcel.sent_by)


class PaymentInline(LookOnly, admin.TabularInline[Payment, Order]):
    model = Payment
    extra = 0
    can_delete = False
    ordering = ("pk",)
    fields = readonly_fields = (
        "number",
        "method",
        "shown_amount",
        "status",
        "created_at",
        "paid_at",
        "sent_back",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Payment]":
        return super().get_queryset(request).prefetch_related("refunds")

    @admin.display(description=_("amount"))
    def shown_amount(self, payment: Payment) -> str:
        return shown(payment.amount)

    @admin.display(description=_("refund"))
    def sent_back(self, payment: Payment) -> str:
        return "; ".join(_sent_back(refund) for refund in payment.refunds.all())


class EventInline(LookOnly, admin.TabularInline[OrderEvent, Order]):
    model = OrderEvent
    extra = 0
    can_delete = False
    ordering = ("-at", "-pk")
    verbose_name_plural = _("what happened")
    fields = readonly_fields = ("at", "kind", "item_code", "details", "doer")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OrderEvent]":
        rows = super().get_queryset(request).select_related("item", "by")
        return rows.prefetch_related("addresses")

    @admin.display(description=_("item"))
    def item_code(self, event: OrderEvent) -> str:
        return event.item.code if event.item else ""

    @admin.display(description=_("details"))
    def details(self, event: OrderEvent) -> str:
        return timeline.details_of(event)

    @admin.display(description=_("who"))
    def doer(self, event: OrderEvent) -> str:
        who = event.get_actor_display()
        return f"{who} ({_name_of(event.by)})" if event.by else who


def _sent_back(refund: Refund) -> str:
    state = _("sent back") if refund.done_at else _("not sent back yet")
    return f"{shown(refund.amount)}, {state}: {reason_words(refund.reason)}"


def _name_of(user: Any) -> str:
    return user.shown_name if user else ""
