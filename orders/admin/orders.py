"""The order in the admin: state and money are read-only, deeds are buttons."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.models import User
from accounts.reveal import Revealing, Shown
from orders.admin import after_sale_deeds, deeds, parcels
from orders.admin.filters import DueSoon
from orders.admin.inlines import EventInline, ItemInline, ParcelInline, PaymentInline
from orders.admin.late_first import LateFirst
from orders.admin.parcel_lists import ShipsMany
from orders.admin.waiting import Waiting
from orders.forms.extension import ExtendForm
from orders.forms.shipping import ShipForm, StaffCancelForm
from orders.models import AfterSale, CouponUse, EventAddress, Invoice, Order
from orders.next_event import next_event
from orders.templatetags.orders import reason_words, status_look, time_left
from shop import clock
from shop.admin_lists import ListedLookups, LookOnly
from shop.money import shown


@admin.register(Order)
class OrderAdmin(
    LookOnly, ListedLookups, Revealing, ShipsMany, admin.ModelAdmin[Order]
):
    """Orders. Nothing is typed into them: buttons call the shop's own services."""

    list_display = (
        "number",
        "buyer",
        "status_badge",
        "shipping",
        "shown_total",
        "placed_at",
        "next",
    )
    list_filter = ("status", Waiting, DueSoon)
    actions = ("ship_chosen",)
    list_select_related = ("user",)
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False
    # The shop's page of an order is its buyer's alone.
    view_on_site = False
    # Names what is searched; the search itself is exact (see below).
    search_fields = ("number", "user__phone")
    search_help_text = _("Order number or the buyer's phone, in full")
    inlines = (ItemInline, ParcelInline, PaymentInline, EventInline)
    readonly_fields = (
        "number",
        "buyer_link",
        "status_badge",
        "next",
        "shown_goods",
        "shown_discount",
        "shown_freight",
        "shown_total",
        "invoice_link",
        "recipient",
        "masked_phone",
        "address",
        "note",
        "placed_at",
        "pay_by",
        "paid_at",
        "shipping",
        "ship_reminded_at",
        "address_changed_at",
        "shipped_at",
        "receive_by",
        "receipt_left",
        "extended_at",
        "completed_at",
        "closed_at",
        "hidden_at",
        "why_closed",
    )
    fieldsets = (
        (None, {"fields": ("number", "buyer_link", "status_badge", "next", "note")}),
        (_("Deliver to"), {"fields": ("recipient", "masked_phone", "address")}),
        (_("Money"), {"fields": readonly_fields[4:9]}),
        (_("When"), {"fields": readonly_fields[13:]}),
    )

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [*deeds.urls(self, guard), *parcels.urls(self, guard)]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Order]":
        # The column `next` looks at each order's items.
        return Order.objects.with_clock()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LateFirst

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Order]", search_term: str
    ) -> "tuple[QuerySet[Order], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        column, value = identifiers.read(term)
        if column:
            buyers = User.objects.filter(**{column: value})
            return queryset.filter(user__in=buyers), False
        return queryset.filter(number=term), False

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Order | None = None,
    ) -> Any:
        if obj and deeds.may_ship(request, obj) and (form := ShipForm(obj)).items:
            context["ship_form"] = form
        if obj:
            context["parcel_forms"] = parcels.forms_for(request, obj)
        if obj and deeds.may_cancel(request, obj):
            context["cancel_form"] = StaffCancelForm()
        if obj and deeds.may_extend(request, obj):
            context["extend_form"] = ExtendForm()
        if obj:
            context["after_sales"] = [
                (asked, after_sale_deeds.offered(request, asked))
                for asked in AfterSale.objects.open()
                .about(obj.pk)
                .with_item()
                .newest_first()
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def in_full(self, row: Order) -> list[Shown]:
        phone = identifiers.national_phone(str(row.phone))
        before = EventAddress.objects.filter(event__order=row, role="old")
        return [
            (_("recipient"), row.recipient),
            (_("phone"), phone),
            (_("address"), self.address(row)),
            *(
                (_("address before"), address.whole)
                for address in before.order_by("-pk")
            ),
        ]

    @admin.display(description=_("buyer"))
    def buyer(self, order: Order) -> str:
        return f"{order.user.masked_phone} {order.user.nickname}".strip()

    @admin.display(description=_("buyer"))
    def buyer_link(self, order: Order) -> SafeString:
        address = reverse("admin:accounts_user_change", args=[order.user_id])
        return format_html('<a href="{}">{}</a>', address, self.buyer(order))

    @admin.display(description=_("status"), ordering="status")
    def status_badge(self, order: Order) -> SafeString:
        return format_html(
            '<span class="order-status {}" data-test="order-status" '
            'data-status="{}">{}</span>',
            status_look(order.status),
            order.status,
            order.get_status_display(),
        )

    @admin.display(description=_("to ship by"), ordering="ship_by")
    def shipping(self, order: Order) -> SafeString | str:
        if not order.is_to_ship or order.ship_by is None:
            return "–"
        is_late = order.is_overdue_to_ship(clock.now())
        asked = _("the buyer asked") if order.ship_reminded_at else ""
        return format_html(
            '<span class="{}" data-test="ship-by" data-late="{}">{} {}{}</span>',
            "is-late" if is_late else "",
            int(is_late),
            f"{localtime(order.ship_by):%m-%d %H:%M}",
            _("late") if is_late else "",
            f" · {asked}" if asked else "",
        )

    @admin.display(description=_("what the clock does next"))
    def next(self, order: Order) -> str:
        event = next_event(order, clock.now())
        if event is None:
            return "–"
        at = localtime(event.at)
        return f"{at:%Y-%m-%d %H:%M} {event.deed.label} ({time_left(event.at)})"

    @admin.display(description=_("goods"))
    def shown_goods(self, order: Order) -> str:
        return shown(order.goods_amount)

    @admin.display(description=_("coupon"))
    def shown_discount(self, order: Order) -> str:
        use = CouponUse.objects.filter(order=order).first()
        return f"-{shown(use.discount_amount)} ({use.code})" if use else "–"

    @admin.display(description=_("invoice"))
    def invoice_link(self, order: Order) -> SafeString | str:
        invoice = Invoice.objects.standing_of(order)
        if invoice is None:
            return "–"
        to = reverse("admin:orders_invoice_change", args=[invoice.pk])
        words = f"{invoice.title} · {invoice.get_state_display()}"
        return format_html('<a href="{}">{}</a>', to, words)

    @admin.display(description=_("freight"))
    def shown_freight(self, order: Order) -> str:
        return shown(order.freight_amount)

    @admin.display(description=_("total"), ordering="total_amount")
    def shown_total(self, order: Order) -> str:
        return shown(order.total_amount)

    @admin.display(description=_("phone"))
    def masked_phone(self, order: Order) -> str:
        return order.masked_phone

    @admin.display(description=_("address"))
    def address(self, order: Order) -> str:
        return f"{order.region} {order.street}"

    @admin.display(description=_("reason of closing"))
    def why_closed(self, order: Order) -> str:
        return reason_words(order.close_reason) or "–"
