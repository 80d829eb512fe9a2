import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Address, User, Wallet, WalletEntry
from accounts.tests.factories import give_money, make_address
from shop.audit import findings

pytestmark = pytest.mark.django_db


def found():
    return [str(finding) for finding in findings()]


def test_a_shop_in_order_is_found_so(alice):
    give_money(alice)
    make_address(alice, default_of=alice)
    assert found() == []


def test_a_balance_without_its_ledger_is_found(alice):
    give_money(alice, "10.00")
    Wallet.objects.filter(pk=alice.pk).update(balance=Decimal("11.00"))
    assert found() == [
        f"wallet_balance accounts.Wallet {alice.pk}: is 11.00, should be 10.00"
    ]


def test_a_ledger_line_that_breaks_the_chain_is_found_once(alice):
    give_money(alice, "10.00")
    entry = give_money(alice, "5.00")
    give_money(alice, "1.00")
    WalletEntry.objects.filter(pk=entry.pk).update(balance_after=Decimal("14.00"))
    assert found()[0] == (
        f"wallet_entry_balance_after accounts.WalletEntry {entry.pk}: "
        "is 14.00, should be 15.00"
    )


def test_an_account_without_a_wallet_is_found_and_mended(alice):
    alice.wallet.delete()
    with pytest.raises(CommandError):
        call_command("audit")
    call_command("audit", fix=True)
    assert Wallet.objects.get(user=alice).balance == 0


def test_a_book_without_a_default_is_found_and_mended(alice):
    address = make_address(alice)
    assert found() == [
        f"address_default accounts.User {alice.pk}: is none, should be {address.pk}"
    ]
    call_command("audit", fix=True)
    assert Address.objects.get(default_of=alice) == address


def test_a_picture_that_is_not_there_is_found(alice):
    User.objects.filter(pk=alice.pk).update(avatar="avatars/x.webp")
    assert found() == [
        f"avatar_file accounts.User {alice.pk}: is no file, should be avatars/x.webp"
    ]


def test_a_picture_that_is_nobodys_is_found_when_it_is_old(settings):
    path = Path(settings.MEDIA_ROOT) / "avatars" / "x.webp"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert found() == []
    os.utime(path, (0, 0))
    assert found() == ["avatar_owner file x.webp: is nobody's, should be an account's"]


def test_odd_spellings_are_found_without_telling_them(alice):
    User.objects.filter(pk=alice.pk).update(email="Zoe@X.com")
    [line] = found()
    assert line.startswith(f"email_spelling accounts.User {alice.pk}")
    assert "Zoe" not in line
