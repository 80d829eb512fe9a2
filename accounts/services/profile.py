"""What a shopper changes about the own account."""

from django.db import transaction

from accounts.models import User
from shop import changes


def change_nickname(*, user: User, nickname: str) -> None:
    """Show the account under another name. Names need not be unique (row A1)."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(nickname=nickname)
        changes.changed("accounts", [user.pk])
