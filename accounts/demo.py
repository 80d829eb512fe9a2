"""Shoppers and staff of a shop to try (row J2)."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import identifiers
from accounts.models import Address, Language, User, Wallet, WalletEntry
from accounts.wallet import credit
from shop import roles
from shop.demo import Wishes, accounts, step

PEOPLE = Path(__file__).resolve().parent / "fixtures" / "people.json"
SHOPPER_PASSWORD = "demo-shop-2026"  # noqa: S105, printed by load_demo
STAFF_PASSWORD = "demo-staff-2026"  # noqa: S105
PAYMENT_PASSWORD = "246813"  # noqa: S105
STAFF = {
    "superuser": "19900009001",
    roles.CATALOGUE: "19900009002",
    roles.ORDERS: "19900009003",
    roles.SUPPORT: "19900009004",
    roles.READONLY: "19900009005",
}
#: So many of the shoppers have a bound e-mail and money in the wallet.
FAVOURED = 10
GRANT = Decimal("20000.00")
LANGUAGES = {"zh": Language.CHINESE, "en": Language.ENGLISH}


@step(_("Shoppers and staff"))
@transaction.atomic
def write_people(wishes: Wishes) -> None:
    """Write those of the thirty shoppers and five staff that are not there yet."""
    people: list[dict[str, Any]] = json.loads(PEOPLE.read_text(encoding="utf-8"))
    stored = [identifiers.phone(person["phone"]) for person in people]
    known = {
        str(phone)
        for phone in User.objects.filter(phone__in=stored).values_list(
            "phone", flat=True
        )
    }
    # Whoever is there already may have changed; nothing of theirs is touched.
    new = [
        (number, person)
        for number, person in enumerate(people, start=1)
        if identifiers.phone(person["phone"]) not in known
    ]
    if new:
        _write_shoppers(new)
    _write_staff()


@accounts
def who_can_sign_in() -> list[tuple[str, str, str]]:
    """Name the staff, and the first shoppers, who have something in the wallet."""
    people = json.loads(PEOPLE.read_text(encoding="utf-8"))[:FAVOURED]
    staff = [(role, phone, STAFF_PASSWORD) for role, phone in STAFF.items()]
    return staff + [("shopper", p["phone"], SHOPPER_PASSWORD) for p in people]


def _write_shoppers(new: list[tuple[int, dict[str, Any]]]) -> None:
    password = make_password(SHOPPER_PASSWORD)
    payment_password = make_password(PAYMENT_PASSWORD)
    User.objects.bulk_create(
        User(
            phone=identifiers.phone(person["phone"]),
            email=_free_email(number),
            nickname=person["nickname"],
            language=LANGUAGES[person["language"]],
            password=password,
            payment_password=payment_password,
        )
        for number, person in new
    )
    # Read back: MySQL does not tell the keys of rows written together.
    users = {str(user.phone): user for user in User.objects.filter(wallet=None)}
    written = [
        (number, person, users[identifiers.phone(person["phone"])])
        for number, person in new
    ]
    Wallet.objects.bulk_create(Wallet(user=user) for _n, _p, user in written)
    Address.objects.bulk_create(_address(user, person) for _n, person, user in written)
    for number, _person, user in written:
        if number <= FAVOURED:
            _welcome(user)


def _welcome(user: User) -> None:
    with translation.override(user.language):
        reason = gettext("Welcome to the shop to try")
    credit(user_id=user.pk, amount=GRANT, kind=WalletEntry.Kind.GRANT, reason=reason)


def _free_email(number: int) -> str | None:
    email = f"shopper{number:02}@example.com"
    if number > FAVOURED or User.objects.filter(email=email).exists():
        return None
    return email


def _address(user: User, person: dict[str, Any]) -> Address:
    place = person["address"]
    return Address(
        user=user,
        default_of=user,
        recipient=person["recipient"],
        phone=identifiers.phone(person["phone"]),
        province=place["province"],
        city=place["city"],
        district=place["district"],
        street=place["street"],
    )


def _write_staff() -> None:
    groups: dict[str, Group] = {group.name: group for group in roles.write_groups()}
    password = ""
    for role, phone in STAFF.items():
        if User.objects.filter(phone=identifiers.phone(phone)).exists():
            continue
        password = password or make_password(STAFF_PASSWORD)
        user = User.objects.open_account(
            phone,
            password,
            nickname=role,
            is_staff=True,
            is_superuser=role not in groups,
        )
        if role in groups:
            user.groups.add(groups[role])
