from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop import money


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01")],
)
def test_rounds_half_up(amount, rounded):
    assert money.rounded(Decimal(amount)) == Decimal(rounded)


def test_is_written_alike_in_both_languages():
    assert money.shown(Decimal("1234567.5")) == "¥1,234,567.50"
    assert money.shown(Decimal("-3")) == "-¥3.00"
    assert money.plain(Decimal("6999")) == "6999.00"


@given(st.decimals("-1e9", "1e9", places=4))
def test_plain_money_reads_back_as_the_rounded_amount(amount):
    assert Decimal(money.plain(amount)) == money.rounded(amount)
