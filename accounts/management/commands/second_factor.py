"""manage.py second_factor: for who has lost the phone and every recovery code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import identifiers
from accounts.models import User
from accounts.services import second_factor
from shop.refusals import Refusal


class Command(BaseCommand):
    help = (
        "reset: remove the second factor of the account with this phone, so that its "
        "password is enough until a new one is set up. Make sure first who asks for it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["reset"])
        parser.add_argument("phone", help="the account's phone, in any spelling")

    def handle(self, *args: Any, **options: Any) -> None:
        phone = identifiers.phone(options["phone"])
        user = User.objects.filter(phone=phone).first() if phone else None
        if user is None:
            raise CommandError(f"no account has the phone {options['phone']}")
        try:
            second_factor.reset(user_id=user.pk)
        except Refusal as refusal:
            raise CommandError(f"{user.masked_phone}: {refusal}") from refusal
        self.stdout.write(
            f"{user.masked_phone}: the second factor is removed; signing in asks for "
            "the password only, until a new one is set up at /admin/second-factor/"
        )
