"""Which messages an account wants (row H5). Each function does the whole or nothing."""

from collections.abc import Collection

from accounts.models import User
from shop.models import MutedTopic
from shop.retry import whole_deed


@whole_deed
def change_settings(
    *, user: User, muted: Collection[str], prefers_mail: bool | None
) -> None:
    """Switch off the muted topics and on all others; write to mail or phone.

    Without a preference that stays as it is.
    """
    # Locked, so that clicks at the same time come one after the other.
    own = User.objects.filter(pk=user.pk, closed_at=None)
    if own.select_for_update().only("pk").first() is None:
        return
    if prefers_mail is not None:
        own.update(prefers_mail=prefers_mail)
    MutedTopic.objects.of(user.pk).delete()
    MutedTopic.objects.bulk_create(
        MutedTopic(account_id=user.pk, topic=topic) for topic in sorted(muted)
    )


@whole_deed
def mute(*, user: User, topic: str) -> None:
    """Switch one topic off; again it changes nothing."""
    own = User.objects.filter(pk=user.pk, closed_at=None)
    # Locked, as an account that is being closed keeps nothing.
    if own.select_for_update().only("pk").first() is None:
        return
    MutedTopic.objects.get_or_create(account_id=user.pk, topic=topic)
