"""Coupons in the admin: written, ended, handed out as one-time codes (row E8)."""

import csv
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.forms.coupons import CodesForm, CouponForm
from orders.models import Coupon, CouponKind, CouponUse
from orders.services import coupons
from orders.templatetags.orders import percent_off
from shop import clock, journal
from shop.admin_lists import ListedLookups, LookOnly
from shop.decorators import require_POST
from shop.money import shown

#: Of a coupon that somebody has claimed, what may still be changed.
OPEN = ("name_zh", "name_en", "access", "total_limit", "ends_at", "is_active")


@admin.register(Coupon)
class CouponAdmin(ListedLookups, admin.ModelAdmin[Coupon]):
    """Coupons. Once somebody has claimed one its terms stay; it can be ended."""

    form = CouponForm
    change_form_template = "admin/orders/coupon/change_form.html"
    list_display = ("code", "name_zh", "worth", "state", "claimed", "used", "ends_at")
    list_filter = ("is_active", "kind", "access")
    search_fields = ("=code", "name_zh", "name_en")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = None

    def get_readonly_fields(
        self, request: HttpRequest, obj: Coupon | None = None
    ) -> tuple[str, ...]:
        if obj is None or not (obj.claimed_count or obj.codes.exists()):
            return ()
        return tuple(name for name in CouponForm.Meta.fields if name not in OPEN)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"starts_at": clock.now(), **asked}

    def has_delete_permission(
        self, request: HttpRequest, obj: Coupon | None = None
    ) -> bool:
        # Ended, not deleted: orders name it.
        return False

    def get_urls(self) -> list[URLPattern]:
        codes = self.admin_site.admin_view(require_POST(self.make_codes))
        own = [path("<int:pk>/codes/", codes, name="orders_coupon_codes")]
        return own + super().get_urls()

    def save_model(
        self, request: HttpRequest, obj: Coupon, form: Any, change: bool
    ) -> None:
        if not change:
            obj.save(force_insert=True)
        elif form.changed_data:
            # Only what was typed: the counts move while somebody types.
            obj.save(update_fields=[*form.fields])
        note = ", ".join(form.changed_data)
        journal.record(journal.Kind.COUPON_CHANGED, about=obj, note=note)

    def make_codes(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make one-time codes and answer with them as a CSV, which is kept nowhere."""
        coupon = get_object_or_404(Coupon, pk=pk)
        if not self.has_change_permission(request, coupon):
            raise PermissionDenied
        form = CodesForm(request.POST)
        if not form.is_valid():
            messages.error(request, gettext("Enter a number from 1 to 10,000."))
            return redirect("admin:orders_coupon_change", pk)
        made = coupons.make_codes(coupon=coupon, number=form.cleaned_data["number"])
        return _as_csv(coupon, made)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        coupon: Coupon | None = kwargs.get("obj")
        if coupon and self.has_change_permission(request, coupon):
            context["codes_form"] = CodesForm()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("worth"))
    def worth(self, coupon: Coupon) -> str:
        if coupon.kind == CouponKind.PERCENT:
            return percent_off(coupon.percent or 0)
        return shown(coupon.discount_on(coupon.minimum_amount))

    @admin.display(description=_("state"))
    def state(self, coupon: Coupon) -> Any:
        now = clock.now()
        if not coupon.is_active:
            return _("ended")
        if coupon.starts_at > now:
            return _("coming")
        return _("running") if coupon.ends_at > now else _("over")

    @admin.display(description=_("claimed"), ordering="claimed_count")
    def claimed(self, coupon: Coupon) -> str:
        limit = coupon.total_limit
        return f"{coupon.claimed_count} / {limit or '∞'}"

    @admin.display(description=_("used"), ordering="used_count")
    def used(self, coupon: Coupon) -> SafeString:
        uses = reverse("admin:orders_couponuse_changelist")
        return format_html(
            '<a href="{}?code={}">{}</a>', uses, coupon.code, coupon.used_count
        )


@admin.register(CouponUse)
class CouponUseAdmin(LookOnly, ListedLookups, admin.ModelAdmin[CouponUse]):
    """In which orders coupons were used: to read, never to write."""

    list_display = ("code", "order_link", "shown_discount", "used_at", "given_back_at")
    list_select_related = ("order",)
    # `?code=` of the coupons' list; no sidebar of thousands of codes.
    list_filter = ()
    search_fields = ("=code", "=order__number")
    search_help_text = _("A coupon's code or an order's number, in full")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = list_display

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        return lookup == "code" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("order"))
    def order_link(self, use: CouponUse) -> SafeString:
        to = reverse("admin:orders_order_change", args=[use.order_id])
        return format_html('<a href="{}">{}</a>', to, use.order.number)

    @admin.display(description=_("taken off"), ordering="discount_amount")
    def shown_discount(self, use: CouponUse) -> str:
        return shown(use.discount_amount)


def _as_csv(coupon: Coupon, codes: list[str]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="coupon-{coupon.code}.csv"'
    answer["Cache-Control"] = "private, no-store"
    writer = csv.writer(answer)
    writer.writerow(["code"])
    writer.writerows([code] for code in codes)
    return answer
