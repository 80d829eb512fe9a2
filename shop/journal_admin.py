"""The journal in the admin: to read, to filter, to search; nobody edits it."""

from datetime import UTC
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from shop.admin_lists import LookOnly
from shop.models import JournalEntry


class JournalEntryAdmin(LookOnly, admin.ModelAdmin[JournalEntry]):
    """Who did what that must be traceable. Age alone takes a line away."""

    list_display = ("moment", "kind", "who", "address", "what_about", "note")
    list_display_links = ("moment",)
    list_filter = ("kind", "at")
    list_select_related = ("actor",)
    list_per_page = 50
    search_fields = ("object_name",)
    search_help_text = _(
        "Phone or e-mail of an account, order number, or a product's code, in full"
    )
    ordering = ("-pk",)
    show_full_result_count = False
    actions = None
    fields = readonly_fields = (
        "moment",
        "kind",
        "who",
        "address",
        "what_about",
        "note",
        "request_id",
    )

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: "QuerySet[JournalEntry]",
        search_term: str,
    ) -> "tuple[QuerySet[JournalEntry], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        account = get_user_model().objects.identified_by(term)
        if account is None:
            return queryset.filter(object_name=term), False
        label = account._meta.label_lower
        about = Q(object_type=label, object_id=account.pk)
        return queryset.filter(Q(actor=account) | about), False

    @admin.display(description=_("when"), ordering="pk")
    def moment(self, entry: JournalEntry) -> str:
        return f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    @admin.display(description=_("who"))
    def who(self, entry: JournalEntry) -> str:
        return f"{entry.actor} #{entry.actor_id}" if entry.actor else "–"

    @admin.display(description=_("about"))
    def what_about(self, entry: JournalEntry) -> SafeString | str:
        if not entry.object_type:
            return "–"
        name = _words_of(entry)
        try:
            page = f"admin:{entry.object_type.replace('.', '_')}_change"
            address = reverse(page, args=[entry.object_id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', address, name)


def _words_of(entry: JournalEntry) -> str:
    try:
        model: Any = apps.get_model(entry.object_type)
        kind = capfirst(str(model._meta.verbose_name))
    except LookupError:
        kind = entry.object_type
    return f"{kind} {entry.object_name or f'#{entry.object_id}'}"
