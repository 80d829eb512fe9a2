"""What staff see of people. Only superusers change anything; money nobody edits."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.forms.fields import PhoneField
from accounts.models import Address, Session, User, Wallet, WalletEntry
from accounts.reveal import Revealing, Shown
from accounts.staff_rights import JournalledRights, StaffSetsPasswordForm
from shop import changes, roles
from shop.admin_lists import ListedLookups, LookOnly
from shop.money import shown

for _role in (roles.SUPPORT, roles.ORDERS, roles.READONLY):
    roles.grant(_role, "accounts.view_user", "accounts.view_address")
for _role in (roles.SUPPORT, roles.READONLY):
    roles.grant(_role, "accounts.view_wallet", "accounts.view_walletentry")

#: A wallet's page shows its newest lines; the list of entries has them all.
NEWEST = 50
#: What is left of a masked phone at its end.
SHOWN_DIGITS = 4


def _search(
    rows: "QuerySet[Any]", to_user: str, term: str
) -> "tuple[QuerySet[Any], bool]":
    """Find by a phone, its last four digits, an e-mail, or a part of a nickname.

    The four are what the mask shows: more of them, one by one, would undo it.
    """
    column, value = identifiers.read(term)
    if column:
        return rows.filter(**{f"{to_user}{column}": value}), False
    if term.strip().isdecimal() and len(term.strip()) == SHOWN_DIGITS:
        return rows.filter(**{f"{to_user}phone__endswith": term.strip()}), False
    return rows.filter(**{f"{to_user}nickname__icontains": term.strip()}), False


class AccountCreationForm(BaseUserCreationForm[User]):
    phone = PhoneField()

    class Meta:
        model = User
        fields = ("phone", "nickname")


class AddressInline(LookOnly, admin.StackedInline[Address, User]):
    model = Address
    fk_name = "user"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("recipient", "masked_phone", "region", "street")

    @admin.display(description=_("phone"))
    def masked_phone(self, address: Address) -> str:
        return address.masked_phone

    @admin.display(description=_("region"))
    def region(self, address: Address) -> str:
        return address.region


@admin.register(User)
class AccountAdmin(ListedLookups, Revealing, JournalledRights, UserAdmin[User]):
    """Accounts. Phone and e-mail change only by their owners' own hand, with a code."""

    add_form = AccountCreationForm
    change_password_form = StaffSetsPasswordForm
    list_display = (
        "masked_phone",
        "masked_email",
        "nickname",
        "language",
        "is_active",
        "is_staff",
        "joined_at",
    )
    list_display_links = ("masked_phone",)
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("phone", "email", "nickname")
    search_help_text = _("Phone, its last 4 digits, e-mail, or part of a nickname")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    filter_horizontal = ("groups",)
    readonly_fields = (
        "masked_phone",
        "masked_email",
        "wallet_link",
        "joined_at",
        "last_login",
        "closed_at",
    )
    fieldsets = (
        (None, {"fields": ("masked_phone", "masked_email", "nickname", "language")}),
        (_("Money"), {"fields": ("wallet_link",)}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("When"), {"fields": ("joined_at", "last_login", "closed_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("phone", "nickname", "password1", "password2")}),
    )
    inlines = (AddressInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        # Whoever may change an account may also give it rights, and its password.
        # A closed account stays as it is.
        return _is_superuser(request) and not (obj and obj.is_closed)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[User]", search_term: str
    ) -> "tuple[QuerySet[User], bool]":
        return _search(queryset, "", search_term) if search_term else (queryset, False)

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            Wallet.objects.create(user=obj)
        changes.changed("accounts", [obj.pk])
        if not obj.is_active:
            # Else they would come to life again with the account.
            Session.objects.of(obj).delete()

    def in_full(self, row: User) -> list[Shown]:
        phone = identifiers.national_phone(str(row.phone or ""))
        return [(_("phone"), phone), (_("bound e-mail"), row.email or "")]

    @admin.display(description=_("phone"), ordering="phone")
    def masked_phone(self, user: User) -> str:
        return user.masked_phone

    @admin.display(description=_("bound e-mail"), ordering="email")
    def masked_email(self, user: User) -> str:
        return user.masked_email

    @admin.display(description=_("wallet"))
    def wallet_link(self, user: User) -> SafeString:
        address = reverse("admin:accounts_wallet_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, _("balance and ledger"))


class EntryInline(LookOnly, admin.TabularInline[WalletEntry, Wallet]):
    model = WalletEntry
    extra = 0
    can_delete = False
    ordering = ("-pk",)
    verbose_name_plural = _("newest lines of the ledger")
    fields = readonly_fields = (
        "created_at",
        "kind",
        "amount",
        "balance_after",
        "reason",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[WalletEntry]":
        rows = super().get_queryset(request)
        match = request.resolver_match
        key = match.kwargs.get("object_id", "") if match else ""
        if not str(key).isdecimal():
            return rows.none()
        newest = rows.filter(wallet=int(key)).order_by("-pk")[:NEWEST]
        return rows.filter(pk__in=list(newest.values_list("pk", flat=True)))


@admin.register(Wallet)
class WalletAdmin(LookOnly, admin.ModelAdmin[Wallet]):
    list_display = ("owner", "shown_balance")
    list_select_related = ("user",)
    search_fields = ("user__phone",)
    ordering = ("-pk",)
    show_full_result_count = False
    fields = readonly_fields = ("owner", "shown_balance", "all_entries")
    inlines = (EntryInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Wallet]", search_term: str
    ) -> "tuple[QuerySet[Wallet], bool]":
        if not search_term:
            return queryset, False
        return _search(queryset, "user__", search_term)

    @admin.display(description=_("account"))
    def owner(self, wallet: Wallet) -> str:
        return f"{wallet.user.masked_phone} {wallet.user.nickname}"

    @admin.display(description=_("balance"), ordering="balance")
    def shown_balance(self, wallet: Wallet) -> str:
        return shown(wallet.balance)

    @admin.display(description=_("ledger"))
    def all_entries(self, wallet: Wallet) -> SafeString:
        address = reverse("admin:accounts_walletentry_changelist")
        return format_html(
            '<a href="{}?wallet={}">{}</a>', address, wallet.pk, _("all lines")
        )


@admin.register(WalletEntry)
class WalletEntryAdmin(LookOnly, admin.ModelAdmin[WalletEntry]):
    list_display = ("created_at", "owner", "kind", "amount", "balance_after", "reason")
    list_select_related = ("wallet__user",)
    list_filter = ("kind",)
    search_fields = ("wallet__user__phone",)
    ordering = ("-pk",)
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[WalletEntry]", search_term: str
    ) -> "tuple[QuerySet[WalletEntry], bool]":
        if not search_term:
            return queryset, False
        return _search(queryset, "wallet__user__", search_term)

    @admin.display(description=_("account"))
    def owner(self, entry: WalletEntry) -> str:
        return f"{entry.wallet.user.masked_phone} {entry.wallet.user.nickname}"


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
