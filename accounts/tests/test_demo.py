from decimal import Decimal
from random import Random

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import demo
from accounts.models import Address, User, Wallet, WalletEntry
from accounts.services.addresses import delete_address
from shop.audit import findings
from shop.demo import Wishes

pytestmark = pytest.mark.django_db


def load():
    demo.write_people(Wishes(products=0, orders=0, random=Random(1)))  # noqa: S311


def rows():
    models = (User, Wallet, Address, WalletEntry)
    return [model.objects.count() for model in models]


def test_thirty_shoppers_and_five_staff():
    load()
    assert rows() == [35, 35, 30, 10]
    assert User.objects.exclude(email=None).count() == 10
    tom = User.objects.get(nickname="Harbour Tom")
    assert tom.language == "en"
    assert tom.default_address.recipient
    rich = User.objects.identified_by("19900001001")
    assert rich.wallet.balance == Decimal("20000.00")
    assert rich.has_payment_password
    assert list(findings()) == []


def test_again_it_writes_no_row_anew():
    load()
    alice = User.objects.identified_by("19900001001")
    delete_address(user=alice, address=alice.default_address)
    before = rows()
    load()
    assert rows() == before


def test_the_accounts_it_names_can_sign_in(client):
    load()
    named = demo.who_can_sign_in()
    roles = [role for role, _phone, _password in named]
    staff = ["superuser", "catalogue", "orders", "support", "readonly"]
    assert roles[:5] == staff
    assert [phone for _role, phone, _password in named[:5]] == [
        f"1990000900{n}" for n in range(1, 6)
    ]
    assert set(roles[5:]) == {"shopper"}
    for role, phone, password in named:
        client = Client()
        fields = {"identifier": phone, "password": password}
        assert client.post("/accounts/login/", fields).status_code == 302
        works_here = client.get("/admin/").status_code == 200
        assert works_here == (role in staff)


def test_staff_are_in_their_groups():
    load()
    for role in ("catalogue", "orders", "support", "readonly"):
        user = User.objects.get(groups__name=role)
        assert user.is_staff
        assert not user.is_superuser


def test_it_is_quick_because_passwords_are_hashed_once(monkeypatch):
    hashed = []

    def hash_slowly(password):
        hashed.append(password)
        return "hash"

    monkeypatch.setattr(demo, "make_password", hash_slowly)
    load()
    assert len(hashed) == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_load_demo_prints_the_accounts(capsys, monkeypatch):
    monkeypatch.setattr("shop.demo._steps", [("people", demo.write_people)])
    call_command("load_demo")
    assert "superuser 19900009001 demo-staff-2026\n" in capsys.readouterr().out
