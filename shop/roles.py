"""The four roles of staff (row I2): which permissions each group has.

An app's `admin.py` grants them; `create_roles` writes the groups.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CATALOGUE, ORDERS, SUPPORT, READONLY = "catalogue", "orders", "support", "readonly"
ROLES = (CATALOGUE, ORDERS, SUPPORT, READONLY)

_granted: dict[str, set[str]] = {role: set() for role in ROLES}


def grant(role: str, *permissions: str) -> None:
    """Give a role permissions, each as `app.codename`."""
    _granted[role].update(permissions)


def grant_view(*permissions: str) -> None:
    """Let every role look at something."""
    for role in ROLES:
        grant(role, *permissions)


def write_groups() -> list[Group]:
    """Make the groups have just the permissions that were granted."""
    groups = []
    for role, names in _granted.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set(_permissions(names))
        groups.append(group)
    return groups


def _permissions(names: set[str]) -> list[Permission]:
    if not names:
        return []
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type"))
    missing = names - {f"{p.content_type.app_label}.{p.codename}" for p in found}
    if missing:
        raise LookupError(f"no such permission: {', '.join(sorted(missing))}")
    return found
