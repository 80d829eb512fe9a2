"""What a shopper changes about the own account."""

from accounts.models import User


def change_nickname(*, user: User, nickname: str) -> None:
    """Show the account under another name. Names need not be unique (row A1)."""
    User.objects.filter(pk=user.pk).update(nickname=nickname)
