from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from shop import money

cents = st.integers(min_value=0, max_value=10**9).map(lambda n: n * money.CENT)


@given(st.lists(cents, min_size=1, max_size=30), st.integers(0, 10**6))
def test_a_discount_is_spread_to_the_cent_never_negative_never_too_much(parts, part):
    whole = sum(parts, money.ZERO)
    assume(whole)
    amount = money.rounded(whole * part / 10**6)
    shares = money.spread(amount, parts)
    assert sum(shares) == amount
    for share, own in zip(shares, parts, strict=True):
        assert 0 <= share <= own
        assert share == money.rounded(share)
        # In proportion: nobody is more than a cent from the exact share.
        assert abs(share - amount * own / whole) < money.CENT


def test_what_is_left_goes_to_who_lost_most_and_of_equals_to_the_first():
    third = [Decimal("10.00")] * 3
    assert money.spread(Decimal("1.00"), third) == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]
    uneven = [Decimal("1.00"), Decimal("2.00")]
    assert money.spread(Decimal("0.05"), uneven) == [Decimal("0.02"), Decimal("0.03")]


def test_over_nothing_there_is_nothing_to_spread():
    assert money.spread(Decimal("1.00"), []) == []
    assert money.spread(Decimal("0.00"), [money.ZERO]) == [money.ZERO]
