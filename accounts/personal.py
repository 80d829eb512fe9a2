"""What accounts hold about a person, and how it goes (row A11)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts import identifiers
from accounts.avatars import remove_avatar
from accounts.models import (
    Address,
    Authenticator,
    Session,
    User,
    Wallet,
    WalletEntry,
)
from shop import clock, money
from shop.models import JournalEntry, MutedTopic, OutgoingMessage
from shop.personal import Section, register, written
from shop.retry import after_commit

#: So many sign-ins, the newest ones, are told.
NEWEST = 1000
SIGN_INS = (
    JournalEntry.Kind.SIGNED_IN,
    JournalEntry.Kind.SIGN_IN_FAILED,
    JournalEntry.Kind.SIGNED_OUT,
)


def profile_of(user: User) -> dict[str, Any]:
    """Return who somebody is."""
    return {
        "phone": identifiers.national_phone(str(user.phone)),
        "email": user.email,
        "nickname": user.nickname,
        "picture": f"{settings.MEDIA_URL}{user.avatar}" if user.avatar else None,
        "language": user.language,
        "joined_at": written(user.joined_at),
        "has_payment_password": user.has_payment_password,
    }


def why_staff_stays(user: User) -> Iterator[str]:
    """Say that who works here does not leave by this door."""
    if user.is_staff or user.is_superuser:
        yield _("You work here: ask an administrator to take your rights back first.")


def empty_profile(user: User) -> None:
    """Leave of the account its key, its wallet, and when it was closed."""
    User.objects.filter(pk=user.pk).update(
        phone=None,
        email=None,
        nickname="",
        avatar="",
        password=make_password(None),
        payment_password="",
        prefers_mail=False,
        payment_strikes=0,
        payment_locked_until=None,
        is_active=False,
        closed_at=user.closed_at or clock.now(),
    )
    Session.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    accounts = ContentType.objects.get_for_model(User)
    named = LogEntry.objects.filter(content_type=accounts, object_id=str(user.pk))
    # By their keys: to search while writing would wait for what others write.
    keys = list(named.values_list("pk", flat=True))
    LogEntry.objects.filter(pk__in=keys).update(object_repr=f"#{user.pk}")
    # A file cannot be undone, so it goes once all else is sure.
    after_commit(remove_avatar, user.avatar)


def addresses_of(user: User) -> list[dict[str, Any]]:
    return [
        {
            "recipient": address.recipient,
            "phone": address.typed_phone,
            "province": address.province,
            "city": address.city,
            "district": address.district,
            "street": address.street,
            "is_default": address.is_default,
            "created_at": written(address.created_at),
        }
        for address in Address.objects.of(user).default_first()
    ]


def delete_addresses(user: User) -> None:
    Address.objects.of(user).delete()


def wallet_of(user: User) -> dict[str, Any]:
    """Return the balance, and how it came about."""
    entries = WalletEntry.objects.of(user).newest_first()
    return {
        "balance": money.plain(Wallet.objects.get(pk=user.pk).balance),
        "entries": [
            {
                "at": written(entry.created_at),
                "kind": entry.kind,
                "amount": money.plain(entry.amount),
                "balance_after": money.plain(entry.balance_after),
                "reason": entry.reason,
            }
            for entry in entries
        ],
    }


def why_money_stays(user: User) -> Iterator[str]:
    """Say that money must not be lost with the account."""
    balance = Wallet.objects.get(pk=user.pk).balance
    if balance:
        sentence = _(
            "There is still %(balance)s in your wallet: spend it, or ask us to pay it "
            "out."
        )
        yield sentence % {"balance": money.shown(balance)}


def messages_to(user: User) -> list[dict[str, Any]]:
    """Return what was written to the account; of codes, only that they were."""
    messages = OutgoingMessage.objects.filter(account_id=user.pk).newest_first()
    return [
        {
            "at": written(message.created_at),
            "channel": message.channel,
            "recipient": message.recipient,
            "subject": message.subject,
            "text": None if message.is_secret else message.text,
        }
        for message in messages
    ]


def forget_receiver(user: User) -> None:
    own = [user.email or ""]
    if user.phone:
        own.append(identifiers.national_phone(str(user.phone)))
    recipients = [recipient for recipient in own if recipient]
    OutgoingMessage.objects.to_person(user.pk, recipients).forget_recipients()


def message_settings_of(user: User) -> dict[str, Any]:
    """Return what somebody does not want to be told, and where messages go."""
    muted = MutedTopic.objects.of(user.pk).order_by("topic")
    return {
        "off": list(muted.values_list("topic", flat=True)),
        "by": "mail" if user.prefers_mail else "sms",
    }


def forget_message_settings(user: User) -> None:
    MutedTopic.objects.of(user.pk).delete()


def sign_ins_of(user: User) -> list[dict[str, Any]]:
    """Return when, and from where, somebody signed in as this account, or tried to."""
    known = JournalEntry.objects.about(user).filter(kind__in=SIGN_INS)
    return [
        {"at": written(at), "what": kind, "address": address}
        for at, kind, address in known.newest_first().values_list(
            "at", "kind", "address"
        )[:NEWEST]
    ]


register(Section("profile", profile_of, why_staff_stays, empty_profile))
register(Section("addresses", addresses_of, make_nameless=delete_addresses))
register(Section("wallet", wallet_of, why_money_stays))
register(Section("messages", messages_to, make_nameless=forget_receiver))
register(
    Section(
        "message_settings",
        message_settings_of,
        make_nameless=forget_message_settings,
    )
)
register(Section("sign_ins", sign_ins_of))
