"""Writing to the owner of an account; of changes where a thief would not see it."""

from typing import Any

from django.conf import settings

from accounts import identifiers
from accounts.messages import (
    EMAIL_CHANGED,
    PASSWORD_CHANGED,
    PAYMENT_PASSWORD_CHANGED,
    PHONE_CHANGED,
)
from accounts.models import User
from shop import outbox
from shop.messages import Kind
from shop.models import OutgoingMessage

#: By the column of the account.
CHANGED = {
    "email": EMAIL_CHANGED,
    "phone": PHONE_CHANGED,
    "password": PASSWORD_CHANGED,
    "payment_password": PAYMENT_PASSWORD_CHANGED,
}


def write_to(user: User, kind: Kind, *, language: str = "", **words: Any) -> None:
    """Write to where an account wants its messages, in its language or another.

    Nobody hears anything of a closed account. `words` may have `expires_at`, after
    which it is not sent any more. Call it in the transaction of what it tells of.
    """
    if user.is_closed:
        return
    channel, recipient = user.contact
    outbox.write(
        kind,
        channel=channel,
        recipient=recipient,
        language=language or user.language,
        account_id=user.pk,
        **words,
    )


def tell(user: User, kind: Kind) -> None:
    """Write to the phone that the account had, when `user` was read, before the change.

    Call it in the transaction of the change.
    """
    outbox.write(
        kind,
        channel=OutgoingMessage.Channel.SMS,
        recipient=identifiers.national_phone(str(user.phone)),
        language=user.language,
        account_id=user.pk,
        shop=settings.SHOP_NAME,
    )
