"""What staff see of reviews. Nobody edits one; moderation comes later."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import LookOnly
from reviews.models import Review
from shop import clock, roles

for _role in (roles.SUPPORT, roles.READONLY):
    roles.grant(_role, "reviews.view_review")

LATELY = timedelta(days=30)


class BadLately(admin.SimpleListFilter):
    """One or two stars in the last 30 days: what somebody should read."""

    title = _("to be read")
    parameter_name = "read"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Review]"
    ) -> list[tuple[str, Any]]:
        return [("bad", _("bad ones of the last 30 days"))]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Review]"
    ) -> "QuerySet[Review]":
        if self.value() != "bad":
            return queryset
        return queryset.filter(pk__in=bad_lately().values("pk"))


def bad_lately() -> "QuerySet[Review]":
    """Return the bad reviews of the last 30 days."""
    return Review.objects.bad_since(clock.now() - LATELY)


@admin.register(Review)
class ReviewAdmin(LookOnly, admin.ModelAdmin[Review]):
    list_display = ("code", "product_name", "rating", "state", "buyer", "written_at")
    list_display_links = ("code", "product_name")
    list_filter = ("state", "rating", BadLately)
    list_select_related = ("product", "user")
    list_per_page = 50
    search_fields = ("^product__code",)
    search_help_text = _("The product's code, or how it begins")
    ordering = ("-pk",)
    show_full_result_count = False
    # Its address is the buyer's own page.
    view_on_site = False
    fields = readonly_fields = (
        "code",
        "product_name",
        "state",
        "rating",
        "body",
        "pictures",
        "buyer",
        "is_anonymous",
        "created_at",
        "written_at",
    )

    @admin.display(description=_("code"))
    def code(self, review: Review) -> str:
        return review.product.code

    @admin.display(description=_("product"))
    def product_name(self, review: Review) -> str:
        return review.product.name_zh

    @admin.display(description=_("account"))
    def buyer(self, review: Review) -> str:
        return review.user.masked_phone

    @admin.display(description=_("photos"))
    def pictures(self, review: Review) -> SafeString:
        stored = [photo.stored for photo in review.photos.in_order()]
        return format_html_join(
            " ",
            '<a href="{}"><img src="{}" width="120" height="120" alt=""></a>',
            ((each.large, each.small) for each in stored),
        ) or format_html("{}", "–")
