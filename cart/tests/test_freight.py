from decimal import Decimal

import pytest

from cart.freight import RULES, rule_of
from shop import policy

pytestmark = pytest.mark.django_db


def freight_for(goods, *, is_free):
    return rule_of(policy.amounts(RULES)).fee_for(goods, is_free=is_free)


@pytest.mark.parametrize(
    ("goods", "freight"),
    [("0.00", "0.00"), ("0.01", "10.00"), ("98.99", "10.00"), ("99.00", "0.00")],
)
def test_goods_from_the_limit_on_are_sent_free(goods, freight):
    assert freight_for(Decimal(goods), is_free=False) == Decimal(freight)


def test_staff_change_the_rule():
    policy.change("freight_fee", "7.50")
    policy.change("freight_free_from", "200")
    assert freight_for(Decimal("199.99"), is_free=False) == Decimal("7.50")
    policy.change("freight_free_from", "0")
    assert freight_for(Decimal("0.01"), is_free=False) == 0


def test_goods_that_are_all_sent_free_cost_none_however_few():
    assert freight_for(Decimal("0.01"), is_free=True) == 0


def test_the_rule_is_read_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        freight_for(Decimal(5), is_free=False)
