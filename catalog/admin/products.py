"""Products with their variants, pictures and specifications."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog import services
from catalog.admin import spec_form
from catalog.admin.companions import CompanionInline
from catalog.admin.exchange import ExchangeMixin
from catalog.admin.formsets import UnlikeFormSet
from catalog.admin.price_history import PriceHistoryMixin
from catalog.admin.product_forms import (
    PictureForm,
    ProductForm,
    VariantForm,
    definitions_of,
)
from catalog.admin.shown import ShownToShoppers
from catalog.models import Picture, Product, StockEntry, Variant


class VariantFormSet(UnlikeFormSet[Variant, Product]):
    unlike = ("option1_zh", "option2_zh")


class VariantInline(admin.StackedInline[Variant, Product]):
    model = Variant
    form = VariantForm
    formset = VariantFormSet
    extra = 0
    ordering = ("position", "pk")
    can_delete = False
    fields = (
        ("code", "position", "picture"),
        ("option1_zh", "option1_en", "option2_zh", "option2_en"),
        ("regular_price", "list_price", "units", "units_seen"),
    )


class PictureInline(admin.StackedInline[Picture, Product]):
    model = Picture
    form = PictureForm
    extra = 0
    ordering = ("position", "pk")
    fields = (("preview", "upload", "position"), ("alt_zh", "alt_en"))
    readonly_fields = ("preview",)

    @admin.display(description="")
    def preview(self, picture: Picture) -> SafeString | str:
        if not picture.stem:
            return ""
        return format_html(
            '<img src="{}" width="80" height="80" alt="">', picture.stored.small
        )


@admin.register(Product)
class ProductAdmin(ExchangeMixin, PriceHistoryMixin, ShownToShoppers[Product]):
    form = ProductForm
    inlines = (VariantInline, PictureInline, CompanionInline)
    list_display = (
        "picture_shown",
        "code",
        "name_zh",
        "category",
        "price",
        "stock",
        "status",
        "sales_count",
        "sales_30d",
        "translated",
    )
    list_display_links = ("picture_shown", "code", "name_zh")
    list_filter = ("status", "category", "is_sold_out", "brand")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("code", "name_zh", "name_en", "variants__code")
    show_full_result_count = False
    ordering = ("-pk",)
    actions = ("put_on_shelf", "take_off_shelf")
    save_on_top = True
    OWN_FIELDSETS: tuple[tuple[Any, dict[str, Any]], ...] = (
        (None, {"fields": (("code", "status", "on_shelf_at"), ("category", "brand"))}),
        (
            _("Words"),
            {
                "fields": (
                    ("name_zh", "name_en"),
                    ("summary_zh", "summary_en"),
                    ("description_zh", "description_en"),
                ),
                "description": _(
                    "Descriptions are plain text, or HTML: paragraphs, headings, "
                    "lists, tables, links, pictures of ours. The rest is taken out."
                ),
            },
        ),
        (
            _("Options that the variants differ in"),
            {
                "fields": (
                    ("option1_name_zh", "option1_name_en"),
                    ("option2_name_zh", "option2_name_en"),
                )
            },
        ),
        (
            _("Promises"),
            {
                "fields": (
                    ("has_seven_day_return", "warranty_months", "ships_within_hours"),
                    ("has_free_freight",),
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        specs = list(spec_form.fields_for(definitions_of(obj)))
        hint = _(
            "Save the product once; then its category's specifications appear here."
        )
        described = {"fields": specs, "description": "" if obj else hint}
        shown = (_("Prices"), {"fields": self.price_fields(request)})
        own = (*self.OWN_FIELDSETS, (_("Specifications"), described))
        return (*own, shown) if obj else own

    def get_form(
        self,
        request: HttpRequest,
        obj: Product | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        # The specification fields are the form's own, which the admin's factory, asked
        # for columns, would not know.
        kwargs["fields"] = [
            name
            for _title, options in self.OWN_FIELDSETS
            for row in options["fields"]
            for name in row
        ]
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Product | None = None
    ) -> tuple[str, ...]:
        # Its specifications belong to the category, so it does not move.
        return ("category", "set_limited_price", "price_history") if obj else ()

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        formset.save()
        for variant_form in formset.forms:
            if isinstance(variant_form, VariantForm) and variant_form.has_changed():
                self._set_stock(request, variant_form)
                variant_form.set_prices()

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        form.save_specs()
        self._need_a_variant(request, form.instance)
        services.product_changed(product_ids=[form.instance.pk])

    def _need_a_variant(self, request: HttpRequest, product: Product) -> None:
        if product.status == Product.Status.ON_SHELF and not product.variants.exists():
            services.move_to_shelf(product=product, status=Product.Status.DRAFT)
            text = _("Without a variant it cannot be sold: it is kept as a draft.")
            self.message_user(request, text, messages.WARNING)

    def has_delete_permission(
        self, request: HttpRequest, obj: Product | None = None
    ) -> bool:
        # Old orders and ledgers point to it: it goes off the shelf instead.
        return False

    def _set_stock(self, request: HttpRequest, form: VariantForm) -> None:
        seen, units = form.cleaned_data["units_seen"], form.cleaned_data["units"]
        if units == seen:
            return
        form.instance.stock = seen or 0
        services.set_stock(
            variant=form.instance,
            stock=units,
            by_id=request.user.pk,
            kind=StockEntry.Kind.OPENING if seen is None else StockEntry.Kind.COUNT,
        )

    @admin.display(description="")
    def picture_shown(self, product: Product) -> SafeString:
        return format_html(
            '<img src="{}" width="48" height="48" alt="">', product.picture.small
        )

    @admin.display(description=_("translated"))
    def translated(self, product: Product) -> str:
        return f"{services.translated_percent(product)} %"

    @admin.action(description=_("Put on the shelf"), permissions=["change"])
    def put_on_shelf(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        self._move(request, products, Product.Status.ON_SHELF)

    @admin.action(description=_("Take off the shelf"), permissions=["change"])
    def take_off_shelf(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        self._move(request, products, Product.Status.OFF_SHELF)

    def _move(
        self, request: HttpRequest, products: QuerySet[Product], status: Product.Status
    ) -> None:
        moved = list(products.exclude(status=status))
        if status == Product.Status.ON_SHELF:
            moved = [product for product in moved if product.price]
        for product in moved:
            services.move_to_shelf(product=product, status=status)
            change = f"{product.get_status_display()} → {status.label}"
            self.log_change(request, product, change)
        text = ngettext(
            "%(number)d product is now %(status)s.",
            "%(number)d products are now %(status)s.",
            len(moved),
        )
        self.message_user(
            request, text % {"number": len(moved), "status": status.label}
        )
