"""What must always be true of accounts: wallets, pictures, addresses, names."""

import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Sum

from accounts import avatars, identifiers
from accounts.models import Address, Session, User, Wallet, WalletEntry
from accounts.services import closing
from accounts.services.addresses import make_default
from shop.audit import Finding, check
from shop.models import MutedTopic
from shop.money import ZERO, plain, rounded

#: A file younger than this may belong to an upload that is under way, in seconds.
SETTLED = 3600


@check
def every_account_has_a_wallet() -> Iterator[Finding]:
    for pk in User.objects.filter(wallet=None).values_list("pk", flat=True):
        # Without a wallet there is no ledger, so an empty one is the right one.
        mend = partial(Wallet.objects.create, user_id=pk)
        yield Finding("wallet_exists", "accounts.User", pk, "none", "a wallet", mend)


@check
def balances_are_the_sum_of_their_ledgers() -> Iterator[Finding]:
    # Rounded: SQLite adds up in floats.
    wallets = Wallet.objects.annotate(total=Sum("entries__amount")).order_by("pk")
    for pk, balance, total in wallets.values_list("pk", "balance", "total").iterator():
        expected = rounded(total or ZERO)
        if balance != expected:
            stored, should_be = plain(balance), plain(expected)
            yield Finding("wallet_balance", "accounts.Wallet", pk, stored, should_be)


@check
def ledgers_carry_their_balance_forward() -> Iterator[Finding]:
    entries = WalletEntry.objects.order_by("wallet_id", "pk").iterator()
    for _wallet, lines in groupby(entries, attrgetter("wallet_id")):
        balance = Decimal(0)
        for entry in lines:
            balance += entry.amount
            if entry.balance_after != balance:
                yield Finding(
                    "wallet_entry_balance_after",
                    "accounts.WalletEntry",
                    entry.pk,
                    plain(entry.balance_after),
                    plain(balance),
                )
            # One wrong line is named once, not with all that follow it.
            balance = entry.balance_after


@check
def avatars_lie_on_disk() -> Iterator[Finding]:
    named = set()
    rows = User.objects.exclude(avatar="").order_by("pk").values_list("pk", "avatar")
    for pk, name in rows.iterator():
        named.add(avatars.path_of(name))
        if not avatars.path_of(name).is_file():
            yield Finding("avatar_file", "accounts.User", pk, "no file", name)
    folder = Path(settings.MEDIA_ROOT) / avatars.FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path not in named and time.time() - path.stat().st_mtime > SETTLED:
            yield Finding("avatar_owner", "file", path.name, "nobody's", "an account's")


@check
def identifiers_have_one_spelling() -> Iterator[Finding]:
    rows = User.objects.filter(closed_at=None).values_list("pk", "phone", "email")
    for pk, phone, email in rows.order_by("pk").iterator():
        stored = str(phone)
        if stored != identifiers.phone(stored):
            yield Finding("phone_spelling", "accounts.User", pk, "odd", "+86…")
        if email is not None and email != identifiers.email(email):
            yield Finding("email_spelling", "accounts.User", pk, "odd", "lower-case")


@check
def address_books_have_a_default() -> Iterator[Finding]:
    books = User.objects.annotate(number=Count("addresses")).filter(
        number__gt=0, default_address=None, closed_at=None
    )
    for user in books.order_by("pk"):
        newest = Address.objects.of(user).newest_first().first()
        if newest:
            mend = partial(make_default, user=user, address=newest)
            yield Finding(
                "address_default", "accounts.User", user.pk, "none", newest.pk, mend
            )


@check
def closed_accounts_are_nameless() -> Iterator[Finding]:
    # What was on its way while the account was closed may have come after.
    for user in User.objects.exclude(closed_at=None).order_by("pk"):
        named = [name for name in ("nickname", "avatar") if getattr(user, name)]
        named += ["addresses"] * user.addresses.exists()
        named += ["session"] * Session.objects.filter(user=user).exists()
        named += ["message settings"] * MutedTopic.objects.of(user.pk).exists()
        if named:
            mend = partial(closing.make_nameless_again, user)
            yield Finding(
                "closed_account",
                "accounts.User",
                user.pk,
                ", ".join(named),
                "nameless",
                mend,
            )
