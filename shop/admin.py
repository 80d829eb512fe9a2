"""What staff see of the ground floor: the shop's rules and the messages it sent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from shop import desk, outbox, policy, roles
from shop.admin_lists import ListedLookups, LookOnly
from shop.journal_admin import JournalEntryAdmin
from shop.messages import label_of
from shop.models import JournalEntry, OutgoingMessage, Policy

admin.site.site_header = _("Shop desk")
admin.site.site_title = _("Shop desk")
admin.site.index_title = _("Today")

for _role in (roles.ORDERS, roles.SUPPORT, roles.READONLY):
    roles.grant(_role, "shop.view_outgoingmessage")
roles.grant(roles.SUPPORT, "shop.change_outgoingmessage")
roles.grant(roles.READONLY, "shop.view_journalentry")
roles.grant_view("shop.view_policy", "admin.view_logentry")


class PolicyForm(forms.ModelForm[Policy]):
    class Meta:
        model = Policy
        fields = ("value",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "value" not in self.fields:
            return  # shown to those who may only look
        rule = policy.rule(self.instance.name)
        self.fields["value"].help_text = _(
            "%(help)s From %(minimum)s to %(maximum)s %(unit)s, by default %(default)s."
        ) % {
            "help": rule.help_text,
            "minimum": rule.written(rule.minimum),
            "maximum": rule.written(rule.maximum),
            "default": rule.written(rule.default),
            "unit": pgettext("unit", rule.unit),
        }

    def clean_value(self) -> str:
        rule = policy.rule(self.instance.name)
        return rule.written(rule.parse(self.cleaned_data["value"]))


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    """Rules come from the code; staff change their values. Old orders keep theirs."""

    form = PolicyForm
    list_display = ("name", "value", "unit", "meaning")
    ordering = ("name",)
    readonly_fields = ("name",)
    fields = ("name", "value")

    def save_model(
        self, request: HttpRequest, obj: Policy, form: Any, change: bool
    ) -> None:
        policy.change(obj.name, obj.value)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        # A row may outlive its rule; only what the code knows can be edited.
        names = [rule.name for rule in policy.rules()]
        return super().get_queryset(request).filter(pk__in=names)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Policy | None = None
    ) -> bool:
        return False

    @admin.display(description=_("unit"))
    def unit(self, row: Policy) -> str:
        return pgettext("unit", policy.rule(row.name).unit)

    @admin.display(description=_("meaning"))
    def meaning(self, row: Policy) -> str:
        return str(policy.rule(row.name).help_text)


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ListedLookups, admin.ModelAdmin[OutgoingMessage]):
    """Every message that left, or could not. Nobody edits one; codes stay hidden."""

    list_display = (
        "created_at",
        "kind_label",
        "channel",
        "masked_recipient",
        "status",
        "attempts",
    )
    list_filter = ("status", "channel", "kind")
    # The whole of it only: piece by piece, a search would undo the mask.
    search_fields = ("=recipient",)
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("resend",)
    readonly_fields = fields = (
        "kind_label",
        "channel",
        "masked_recipient",
        "language",
        "subject",
        "shown_text",
        "status",
        "attempts",
        "created_at",
        "next_try_at",
        "expires_at",
        "sent_at",
        "error",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: OutgoingMessage | None = None
    ) -> bool:
        return False

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, message: OutgoingMessage) -> str:
        return label_of(message.kind)

    @admin.display(description=_("text"))
    def shown_text(self, message: OutgoingMessage) -> str:
        if message.is_secret:
            return str(_("(holds a code, which staff never see)"))
        return message.text

    @admin.action(description=_("Send again"), permissions=["change"])
    def resend(self, request: HttpRequest, messages: QuerySet[OutgoingMessage]) -> None:
        # A code cannot be sent again: its text is gone, and its time mostly over.
        chosen = list(messages.filter(is_secret=False))
        for message in chosen:
            outbox.resend(message)
        report = ngettext(
            "%(number)d message is sent again.",
            "%(number)d messages are sent again.",
            len(chosen),
        )
        self.message_user(request, report % {"number": len(chosen)})


@admin.register(LogEntry)
class LogEntryAdmin(LookOnly, admin.ModelAdmin[LogEntry]):
    """Who changed what in the admin. Nobody edits it (row I6)."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")
    list_filter = ("action_flag",)
    search_fields = ("object_repr",)
    ordering = ("-pk",)
    show_full_result_count = False


admin.site.register(JournalEntry, JournalEntryAdmin)

desk.register(
    desk.Queue(
        title=_("Messages that could not be sent"),
        permission="shop.view_outgoingmessage",
        count=lambda: OutgoingMessage.objects.failed().count(),
        url_name="admin:shop_outgoingmessage_changelist",
        query="status__exact=failed",
        is_urgent=True,
    )
)
