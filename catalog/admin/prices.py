"""Prices for a limited time; the history of all prices, to read (rows H6, C4)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog import codes, services
from catalog.models import LimitedPrice, PricePeriod, Variant
from catalog.services.limited_prices import problems_of
from shop import clock
from shop.admin_lists import LookOnly


class LimitedPriceForm(forms.ModelForm[LimitedPrice]):
    """A new one, or one that has not begun; of a running one only the end."""

    code = forms.CharField(
        label=_("variant's code"),
        max_length=40,
        help_text=_("As on the product's page; the price is for this variant alone."),
    )

    class Meta:
        model = LimitedPrice
        fields = ("price", "starts_at", "ends_at")
        help_texts = {
            "starts_at": _("A past moment means now."),
            "ends_at": _("From this second on the regular price counts again."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at"} & set(self.fields):
            # Chinese times are written without seconds, which would be lost.
            self.fields[name].widget.widgets[1].format = "%H:%M:%S"

    def clean_code(self) -> str:
        code = codes.clean(self.cleaned_data["code"])
        variant = Variant.objects.filter(code=code).first()
        if variant is None:
            raise ValidationError(_("There is no variant with this code."))
        self.instance.variant = variant
        return code

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # The service asks the same again, behind the lock.
        if self.errors or "price" not in self.fields:
            return
        problems = problems_of(
            self.instance,
            regular_price=self.instance.variant.regular_price,
            now=clock.now(),
        )
        for field, text in problems.items():
            self.add_error(field, str(text))


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("running", _("running")), ("coming", _("coming")), ("over", _("over"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[LimitedPrice]
    ) -> QuerySet[LimitedPrice]:
        """Keep those that run now, are to come, or are over."""
        rows, now = LimitedPrice.objects, clock.now()
        chosen = {
            "running": rows.running_at,
            "coming": rows.coming_at,
            "over": rows.over_at,
        }.get(self.value() or "")
        return queryset.filter(pk__in=chosen(now).values("pk")) if chosen else queryset


@admin.register(LimitedPrice)
class LimitedPriceAdmin(admin.ModelAdmin[LimitedPrice]):
    form = LimitedPriceForm
    fields = ("code", "price", "starts_at", "ends_at")
    list_display = (
        "variant",
        "state",
        "product",
        "regular_price",
        "price",
        "starts_at",
        "ends_at",
    )
    list_filter = (StateFilter,)
    list_select_related = ("variant__product",)
    search_fields = ("variant__code", "variant__product__code")
    ordering = ("-starts_at", "-pk")
    show_full_result_count = False
    # Taken away one by one, so that no price that was charged disappears.
    actions = None

    def get_readonly_fields(
        self, request: HttpRequest, obj: LimitedPrice | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        if obj.starts_at > clock.now():
            return ("code",)
        return ("code", "price", "starts_at")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"starts_at": clock.now(), **asked}

    def has_change_permission(
        self, request: HttpRequest, obj: LimitedPrice | None = None
    ) -> bool:
        is_over = obj is not None and obj.ends_at <= clock.now()
        return not is_over and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: LimitedPrice | None = None
    ) -> bool:
        is_begun = obj is not None and obj.starts_at <= clock.now()
        return not is_begun and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: LimitedPrice, form: Any, change: bool
    ) -> None:
        if "price" in form.fields:
            services.set_limited_price(limited=obj)
        else:
            services.end_limited_price(limited=obj, ends_at=obj.ends_at)

    def delete_model(self, request: HttpRequest, obj: LimitedPrice) -> None:
        services.call_off_limited_price(limited=obj)

    @admin.display(description=_("variant's code"))
    def code(self, limited: LimitedPrice) -> str:
        return limited.variant.code

    @admin.display(description=_("product"))
    def product(self, limited: LimitedPrice) -> str:
        return limited.variant.product.name_zh

    @admin.display(description=_("regular price"))
    def regular_price(self, limited: LimitedPrice) -> Any:
        return limited.variant.regular_price

    @admin.display(description=_("state"))
    def state(self, limited: LimitedPrice) -> Any:
        now = clock.now()
        if limited.starts_at > now:
            return _("coming")
        return _("running") if limited.ends_at > now else _("over")


@admin.register(PricePeriod)
class PricePeriodAdmin(LookOnly, admin.ModelAdmin[PricePeriod]):
    """What variants have cost: to read, never to write."""

    list_display = ("variant", "price", "from_at", "to_at")
    list_select_related = ("variant",)
    search_fields = ("variant__code", "variant__product__code")
    ordering = ("-from_at", "-pk")
    show_full_result_count = False
