from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import MOST_MONEY, User, Wallet, WalletEntry
from accounts.refusals import InsufficientBalance, WalletFull
from accounts.tests.factories import give_money, make_alice
from accounts.tests.parallel import at_once
from accounts.wallet import credit, debit
from shop.audit import findings


def take(user, amount):
    return debit(
        user_id=user.pk, amount=Decimal(amount), kind="grant", reason="taken back"
    )


def balance(user):
    return Wallet.objects.get(pk=user.pk).balance


def test_each_move_has_its_line(alice):
    give_money(alice, "100.00")
    entry = take(alice, "30.50")
    assert (entry.amount, entry.balance_after) == (Decimal("-30.50"), Decimal("69.50"))
    assert balance(alice) == Decimal("69.50")


def test_a_debit_beyond_the_balance_moves_nothing(alice):
    give_money(alice, "10.00")
    with pytest.raises(InsufficientBalance):
        take(alice, "10.01")
    assert balance(alice) == 10
    assert WalletEntry.objects.count() == 1


def test_a_debit_belongs_to_the_callers_transaction(alice):
    give_money(alice, "10.00")

    def pay_and_fail():
        with transaction.atomic():
            take(alice, "4.00")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pay_and_fail()
    assert balance(alice) == 10
    assert WalletEntry.objects.count() == 1


def test_cents_leave_no_dust(alice):
    """In floats 0.1 + 0.7 is less than 0.8: the last cent could not be spent."""
    give_money(alice, "0.10")
    give_money(alice, "0.70")
    take(alice, "0.80")
    give_money(alice, "0.30")
    for _number in range(3):
        take(alice, "0.10")
    assert balance(alice) == 0


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity"])
def test_nonsense_is_a_mistake_of_ours(alice, amount):
    with pytest.raises(ValueError, match="no amount"):
        take(alice, amount)
    with pytest.raises(ValueError, match="no amount"):
        give_money(alice, amount)


def test_a_wallet_has_an_upper_end(alice):
    give_money(alice, str(MOST_MONEY))
    with pytest.raises(WalletFull):
        give_money(alice, "0.01")
    assert balance(alice) == MOST_MONEY


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_debits_at_once_never_go_below_zero():
    alice = make_alice()
    give_money(alice, "50.00")
    results = at_once(*[lambda: take(alice, "10.00")] * 10)
    assert sum(isinstance(r, WalletEntry) for r in results) == 5, results
    assert sum(isinstance(r, InsufficientBalance) for r in results) == 5
    assert balance(alice) == 0
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_credits_at_once_carry_the_balance_forward():
    alice = make_alice()
    at_once(*[lambda: give_money(alice, "1.10")] * 8)
    after = WalletEntry.objects.order_by("pk").values_list("balance_after", flat=True)
    assert list(after) == [Decimal("1.10") * n for n in range(1, 9)]


@pytest.mark.django_db
class TestGrantBalanceCommand:
    def grant(self, *arguments, reason="sorry for the delay"):
        call_command("grant_balance", *arguments, reason=reason)

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_it_tops_up_and_writes_the_ledger(self, capsys):
        alice = make_alice()
        self.grant("138 0013 8000", "199.9")
        entry = WalletEntry.objects.get()
        assert (entry.amount, entry.kind) == (Decimal("199.90"), "grant")
        assert entry.reason == "sorry for the delay"
        assert balance(alice) == Decimal("199.90")
        assert "138****8000" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "amount", ["0", "-5", "1.005", "x", "NaN", "Infinity", "1e11", "99999999999"]
    )
    def test_a_bad_amount_is_refused(self, amount):
        make_alice()
        with pytest.raises(CommandError):
            self.grant("13800138000", amount)
        assert not WalletEntry.objects.exists()

    @pytest.mark.parametrize("phone", ["13900139000", "12", "Alice"])
    def test_an_unknown_phone_is_refused(self, phone):
        make_alice()
        with pytest.raises(CommandError, match="no account"):
            self.grant(phone, "5")

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
    def test_a_reason_is_needed(self, reason):
        make_alice()
        with pytest.raises(CommandError, match="reason"):
            self.grant("13800138000", "5", reason=reason)

    def test_a_full_wallet_is_refused(self):
        give_money(make_alice(), str(MOST_MONEY))
        with pytest.raises(CommandError):
            self.grant("13800138000", "1")


def test_credit_of_nobody_is_refused(db):
    assert not User.objects.exists()
    with pytest.raises(WalletFull):
        credit(user_id=1, amount=Decimal(1), kind="grant", reason="x")
