"""After-sale requests in the admin: to read, with buttons for what may be decided."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.templatetags.catalog import words_of
from orders.admin import after_sale_deeds
from orders.models import AfterSale, OrderEvent
from orders.next_event import next_of_request
from orders.templatetags.orders import status_look, time_left
from orders.timeline import details_of, number_words
from shop.admin_lists import ListedLookups, LookOnly
from shop.money import shown


class Waiting(admin.SimpleListFilter):
    """Requests that wait for staff, by what they wait for."""

    title = _("waits for")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("answer", _("an answer")),
            ("goods", _("confirmation of the goods")),
            ("replacement", _("a replacement")),
            ("late", _("a late exchange")),
            ("parcel", _("a refunded parcel that may come back")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[AfterSale]"
    ) -> "QuerySet[AfterSale]":
        wish = self.value()
        if wish not in dict(self.lookup_choices):
            return queryset
        waiting = AfterSale.objects.waiting_for_staff(str(wish))
        return queryset.filter(pk__in=waiting.values("pk"))


class RequestEventInline(LookOnly, admin.TabularInline[OrderEvent, AfterSale]):
    model = OrderEvent
    fk_name = "after_sale"
    extra = 0
    can_delete = False
    ordering = ("-at", "-pk")
    verbose_name_plural = _("what happened")
    fields = readonly_fields = ("at", "kind", "details", "doer")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OrderEvent]":
        rows = super().get_queryset(request).select_related("item", "by", "after_sale")
        return rows.prefetch_related("addresses")

    @admin.display(description=_("details"))
    def details(self, event: OrderEvent) -> str:
        return details_of(event)

    @admin.display(description=_("who"))
    def doer(self, event: OrderEvent) -> str:
        who = event.get_actor_display()
        return f"{who} ({event.by.shown_name})" if event.by else who


@admin.register(AfterSale)
class AfterSaleAdmin(LookOnly, ListedLookups, admin.ModelAdmin[AfterSale]):
    """Requests. Nothing is typed into them: buttons call the shop's own services."""

    change_form_template = "admin/orders/aftersale/change_form.html"
    list_display = (
        "what",
        "kind",
        "state_badge",
        "shown_amount",
        "next",
        "order_link",
        "requested_at",
    )
    list_filter = (Waiting, "state", "kind")
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False
    # The shop's page of a request is its buyer's alone.
    view_on_site = False
    # Names what is searched; the search itself is exact (see below).
    search_fields = ("item__order__number",)
    search_help_text = _("Order number or tracking number, in full")
    inlines = (RequestEventInline,)
    fields = readonly_fields = (
        "order_link",
        "what",
        "kind",
        "state_badge",
        "next",
        "quantity",
        "shown_amount",
        "is_before_shipping",
        "is_faulty",
        "reason",
        "pictures",
        "refusal",
        "requested_at",
        "answered_at",
        "the_parcels",
        "the_return",
        "returned_at",
        "return_corrected_at",
        "arrived_at",
        "flagged_at",
        "goods",
        "goods_reason",
        "the_replacement",
        "finished_at",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AfterSale]":
        return super().get_queryset(request).select_related("item__order")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{deed.name}/",
                self.admin_site.admin_view(after_sale_deeds.view_of(self, deed)),
                name=f"orders_aftersale_{deed.name}",
            )
            for deed in after_sale_deeds.DEEDS
        ]
        return own + super().get_urls()

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[AfterSale]", search_term: str
    ) -> "tuple[QuerySet[AfterSale], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        found = AfterSale.objects.numbered(term)
        return queryset.filter(pk__in=found.values("pk")), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        asked: AfterSale | None = kwargs.get("obj")
        if asked:
            context["asked"] = asked
            context["offered"] = after_sale_deeds.offered(request, asked)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("order"))
    def order_link(self, asked: AfterSale) -> SafeString:
        order = asked.item.order
        to = reverse("admin:orders_order_change", args=[order.pk])
        return format_html('<a href="{}">{}</a>', to, order.number)

    @admin.display(description=_("item"))
    def what(self, asked: AfterSale) -> str:
        return f"{asked.item.code} · {words_of(asked.item, 'name')} × {asked.quantity}"

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, asked: AfterSale) -> SafeString:
        return format_html(
            '<span class="order-status {}" data-test="request-state" '
            'data-state="{}">{}</span>',
            status_look(asked.state),
            asked.state,
            asked.shown_state,
        )

    @admin.display(description=_("amount"), ordering="amount")
    def shown_amount(self, asked: AfterSale) -> str:
        return shown(asked.amount)

    @admin.display(description=_("what the clock does next"), ordering="decide_by")
    def next(self, asked: AfterSale) -> str:
        event = next_of_request(asked)
        return f"{time_left(event.at)}: {event.deed.label}" if event else "–"

    @admin.display(description=_("had left with"))
    def the_parcels(self, asked: AfterSale) -> str:
        lines = asked.item.parcel_lines.select_related("parcel").order_by("pk")
        parcels = [line.parcel for line in lines]
        words = [number_words(each.carrier, each.tracking_number) for each in parcels]
        return ", ".join(words) or "–"

    @admin.display(description=_("sent back with"))
    def the_return(self, asked: AfterSale) -> str:
        return f"{asked.get_return_carrier_display()} {asked.return_number}".strip()

    @admin.display(description=_("replacement"))
    def the_replacement(self, asked: AfterSale) -> str:
        carrier = asked.get_replacement_carrier_display()
        return f"{carrier} {asked.replacement_number}".strip()

    @admin.display(description=_("photos"))
    def pictures(self, asked: AfterSale) -> SafeString | str:
        shown_ones = [
            (photo.stored.large, photo.stored.small, photo.stored.side)
            for photo in asked.photos.all()
        ]
        picture = '<a href="{}"><img src="{}" width="{}" alt=""></a> '
        return format_html_join("", picture, shown_ones) or "–"
