"""Closing an account: what it may not owe, and what is left of it (row A11).

Locks: the account, then its wallet. Placing an order writes a row that points to the
account, and so waits here or makes us wait; then each sees what the other left.
"""

from django.conf import settings

from accounts import identifiers
from accounts.messages import ACCOUNT_CLOSED
from accounts.models import User, Wallet
from accounts.refusals import CannotClose
from shop import changes, due, journal, outbox, personal
from shop.models import OutgoingMessage
from shop.retry import whole_deed

Channel = OutgoingMessage.Channel


def reasons_against(*, user: User) -> list[str]:
    """Return what forbids to close the account now, once what is overdue is done."""
    due.settle("accounts", [user.pk])
    return personal.reasons_against_closing(user)


def close_account(*, user: User) -> None:
    """Close the account for good: its sessions end, and nothing names its owner.

    Orders, reviews and the ledger of the wallet stay, nameless. Its phone and e-mail
    get a last message, and may open another account. Again it changes nothing. Raises
    CannotClose.
    """
    due.settle("accounts", [user.pk])
    _close(user.pk)


@whole_deed
def _close(user_id: int) -> None:
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_closed:
        return
    # Held, so that no money comes or goes between looking and closing.
    Wallet.objects.select_for_update().get(pk=user_id)
    reasons = personal.reasons_against_closing(user)
    if reasons:
        raise CannotClose(reasons)
    journal.record(journal.Kind.ACCOUNT_CLOSED, about=user)
    personal.make_nameless(user)
    changes.changed("accounts", [user_id])
    _say_farewell(user)


@whole_deed
def make_nameless_again(user: User) -> None:
    """Mend a closed account that something was written to meanwhile."""
    personal.make_nameless(User.objects.select_for_update().get(pk=user.pk))
    changes.changed("accounts", [user.pk])


def _say_farewell(user: User) -> None:
    phone = identifiers.national_phone(str(user.phone))
    for channel, recipient in ((Channel.SMS, phone), (Channel.MAIL, user.email)):
        if recipient:
            outbox.write(
                ACCOUNT_CLOSED,
                channel=channel,
                recipient=recipient,
                language=user.language,
                shop=settings.SHOP_NAME,
            )
