from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Address, User, Wallet, WalletEntry
from accounts.tests.factories import (
    PASSWORD,
    give_money,
    make_address,
    make_alice,
    make_bob,
    make_user,
)
from shop import clock

pytestmark = pytest.mark.django_db


def refused():
    return pytest.raises(IntegrityError)


def test_an_account_is_opened_with_its_wallet():
    assert make_alice().wallet.balance == 0


def test_an_account_needs_a_mobile_phone():
    with pytest.raises(ValueError, match="mobile number"):
        User.objects.create_user("12345", PASSWORD)
    assert not User.objects.exists()


def test_createsuperuser_makes_one_who_may_do_everything():
    root = User.objects.create_superuser("138 0013 8000", PASSWORD)
    assert (root.is_staff, root.is_superuser) == (True, True)
    assert User.objects.get_by_natural_key("13800138000") == root


def test_two_accounts_never_share_a_phone():
    make_alice()
    with refused(), transaction.atomic():
        make_user(phone="+86 138 0013 8000")


def test_two_accounts_never_share_an_email():
    make_alice(email="zoe@x.com")
    with refused(), transaction.atomic():
        make_bob(email="zoe@x.com")


def test_no_email_is_null_and_many_may_have_none():
    make_alice(email=None)
    make_bob(email=None)
    with refused(), transaction.atomic():
        make_user(email="")


def test_an_account_has_one_default_address(alice):
    make_address(alice, default_of=alice)
    with refused(), transaction.atomic():
        make_address(alice, default_of=alice)


def test_a_default_address_is_its_owners(alice, bob):
    with refused(), transaction.atomic():
        make_address(alice, default_of=bob)


def test_a_wallet_is_never_below_zero(alice):
    with refused(), transaction.atomic():
        Wallet.objects.filter(pk=alice.pk).update(balance=Decimal("-0.01"))


def test_a_ledger_line_moves_money(alice):
    with refused(), transaction.atomic():
        WalletEntry.objects.create(
            wallet=alice.wallet,
            kind="grant",
            amount=0,
            balance_after=0,
            reason="nothing",
            created_at=clock.now(),
        )


def test_an_account_with_a_ledger_cannot_vanish(alice):
    give_money(alice)
    with pytest.raises(ProtectedError):
        alice.delete()


def test_a_nickname_identifies_nobody(alice):
    make_bob(nickname="13800138000")
    assert User.objects.identified_by("13800138000") == alice
    assert User.objects.identified_by("Alice") is None


def test_the_default_address_comes_first(alice):
    first = make_address(alice, default_of=alice)
    second, third = make_address(alice), make_address(alice)
    book = Address.objects.of(alice).default_first()
    assert list(book) == [first, third, second]


def test_a_municipality_stands_once_in_an_address(alice):
    address = make_address(alice, province="北京市", city="北京市", district="海淀区")
    assert address.region == "北京市 海淀区"
