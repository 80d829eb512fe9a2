"""Rights that staff give and take in the admin are written down (row A11)."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from shop import journal

#: The columns of an account that are rights.
FLAGS = ("is_active", "is_staff", "is_superuser")


class JournalledRights(admin.ModelAdmin[Any]):
    """Writes down which rights of an account, or of a role, are not what they were."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        note = _changes(form)
        if note:
            _record(form.instance, note)


class StaffSetsPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password for somebody else, written down like one's own."""

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        journal.record(journal.Kind.PASSWORD_CHANGED, about=user)
        return user


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(JournalledRights, GroupAdmin):
    """Roles; `create_roles` gives the shop's four what they have by default."""

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        _record(obj, "-")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        for role in queryset:
            _record(role, "-")
        super().delete_queryset(request, queryset)


def _record(whose: Any, note: str) -> None:
    journal.record(journal.Kind.RIGHTS_CHANGED, about=whose, note=note)


def _changes(form: Any) -> str:
    said = []
    for name in form.changed_data:
        old, new = form.initial.get(name), form.cleaned_data.get(name)
        if name in FLAGS:
            said.append(f"{name} {'+' if new else '-'}")
        elif name in ("groups", "permissions"):
            said.append(f"{name} {_difference(old or (), new or ())}")
    return ", ".join(said)


def _difference(old: Iterable[Any], new: Iterable[Any]) -> str:
    before, after = _names(old), _names(new)
    given = [f"+{name}" for name in sorted(after - before)]
    return " ".join(given + [f"-{name}" for name in sorted(before - after)])


def _names(rights: Iterable[Group | Permission]) -> set[str]:
    return {
        right.codename if isinstance(right, Permission) else right.name
        for right in rights
    }
