"""People for tests: Alice buys, Bob is a stranger, Carol works here."""

import itertools
import re
from decimal import Decimal

from django.contrib.auth.models import Group
from django.core import mail

from accounts.models import Address, User, WalletEntry
from accounts.services.addresses import Place
from accounts.wallet import credit
from shop import roles, sms
from shop.models import OutgoingMessage

PASSWORD = "blue-lantern-42"
PAYMENT_PASSWORD = "246813"

_numbers = itertools.count(1)

PLACE = {
    "recipient": "Alice Li",
    "phone": "13800138000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "海岚路 66 号",
}


def make_user(**changes):
    phone = changes.pop("phone", f"139{next(_numbers):08}")
    password = changes.pop("password", PASSWORD)
    return User.objects.create_user(phone, password, **changes)


def make_alice(**changes):
    return make_user(**{"phone": "13800138000", "nickname": "Alice", **changes})


def make_bob(**changes):
    return make_user(**{"phone": "13900139000", "nickname": "Bob", **changes})


def make_carol(**changes):
    return make_user(
        **{"phone": "13700137000", "nickname": "Carol", "is_staff": True, **changes}
    )


def make_staff(role, **changes):
    """Return somebody who works here in one of the shop's roles, or as a superuser."""
    user = make_user(**{"is_staff": True, "language": "en", **changes})
    if role == "superuser":
        User.objects.filter(pk=user.pk).update(is_superuser=True)
        user.refresh_from_db()
    elif role in roles.ROLES:
        roles.write_groups()
        user.groups.add(Group.objects.get(name=role))
    return user


def make_place(**changes):
    return Place(**{**PLACE, "phone": "+8613800138000", **changes})


def make_address(user, **changes):
    """Write an address as it is, without the rules of the services."""
    return Address.objects.create(
        user=user, **{**PLACE, "phone": "+8613800138000", **changes}
    )


def give_money(user, amount="100.00", reason="gift"):
    return credit(
        user_id=user.pk,
        amount=Decimal(amount),
        kind=WalletEntry.Kind.GRANT,
        reason=reason,
    )


def code_sent_to(receiver):
    """Read the newest code that went to a phone or e-mail, as its owner would."""
    # Inside a test's own transaction nothing is sent yet; the row is there.
    row = OutgoingMessage.objects.filter(recipient=receiver).newest_first().first()
    texts = [text for to, text in sms.memory if to == receiver]
    texts += [sent.body for sent in _mails() if receiver in sent.to]
    text = (row.text if row else "") or (texts[-1] if texts else "")
    return re.search(r"(?<!\d)\d{6}(?!\d)", text)[0]


def _mails():
    # Django makes the list with the first mail of a test.
    return getattr(mail, "outbox", [])


def another(code):
    """Return six other digits."""
    return f"{(int(code) + 1) % 1_000_000:06}"
