"""manage.py grant_balance: a top-up by staff, with its ledger entry."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import identifiers
from accounts.models import User
from accounts.wallet import grant_balance
from shop import money
from shop.refusals import Refusal


class Command(BaseCommand):
    help = (
        "Put an amount into the wallet of the account with this phone, and write it "
        "into the ledger. The amount is above 0, with at most two decimal places."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", help="the account's phone, in any spelling")
        parser.add_argument("amount", help="for example 200 or 199.90")
        parser.add_argument(
            "--reason", required=True, metavar="TEXT", help="shown in the ledger"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        amount = _amount(options["amount"])
        reason = " ".join(options["reason"].split())
        if not 0 < len(reason) <= 200:
            raise CommandError("--reason: from 1 to 200 characters")
        phone = identifiers.phone(options["phone"])
        user = User.objects.filter(phone=phone).first() if phone else None
        if user is None:
            raise CommandError(f"no account has the phone {options['phone']}")
        try:
            entry = grant_balance(user=user, amount=amount, reason=reason)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{user.masked_phone}: +{money.plain(amount)}, "
            f"balance {money.plain(entry.balance_after)}"
        )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"{text!r} is no amount") from error
    if not amount.is_finite() or amount <= 0:
        raise CommandError("the amount must be above 0")
    if amount >= Decimal(10) ** 10:
        raise CommandError("a wallet cannot hold that much")
    if amount != round(amount, 2):
        raise CommandError("the amount has more than two decimal places")
    return amount.quantize(money.CENT)
