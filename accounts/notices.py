"""Tells the owner of an account what was changed, where a thief would not see it."""

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
