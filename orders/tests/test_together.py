"""What is bought together is counted when an order is paid (row H3)."""

import pytest
from django.core.management import CommandError, call_command

from accounts.refusals import InsufficientBalance
from accounts.tests.factories import PAYMENT_PASSWORD
from catalog.models import PairCount
from catalog.tests.factories import make_product, make_variant
from orders.services import payment
from orders.tests.factories import (
    buyer,
    make_order,
    pay,
    pay_from_balance,
    set_payment_password,
)

pytestmark = pytest.mark.django_db


def counted():
    rows = PairCount.objects.all()
    return {(row.product_id, row.other_id): row.count for row in rows}


def test_paying_counts_each_pair_both_ways_and_rebuild_counts_the_same():
    a, b, c = (make_product(price="1.00") for _ in range(3))
    pay(make_order(lines=[a, b, c]))
    pay_from_balance(make_order(buyer(), lines=[b, a]))
    pay(make_order(lines=[a], quantity=3))
    make_order(lines=[a, b])
    make_order(lines=[a, c], status="closed")
    pairs = {frozenset((a.pk, b.pk)): 2, frozenset((a.pk, c.pk)): 1}
    pairs[frozenset((b.pk, c.pk))] = 1
    live = counted()
    assert live == {
        pair: number
        for both, number in pairs.items()
        for pair in (tuple(sorted(both)), tuple(sorted(both, reverse=True)))
    }
    call_command("audit")
    PairCount.objects.filter(product=a).delete()
    PairCount.objects.filter(product=b).update(count=7)
    PairCount.objects.create(product=c, other=make_product(), count=1)
    with pytest.raises(CommandError):
        call_command("audit")
    call_command("rebuild", "together")
    assert counted() == live
    call_command("audit")


def test_two_variants_of_one_product_are_no_pair():
    product = make_product()
    other = make_variant(product=product)
    pay(make_order(lines=[product, other]))
    assert counted() == {}


def test_a_notice_that_comes_twice_counts_once():
    order = make_order(lines=[make_product(), make_product()])
    tried = pay(order)
    payment.take_success(payment=tried, reference="again")
    assert set(counted().values()) == {1}


def test_a_refused_payment_counts_nothing():
    order = make_order(lines=[make_product(price="9999.00"), make_product()])
    set_payment_password(order.user)
    with pytest.raises(InsufficientBalance):
        payment.pay_by_balance(order=order, digits=PAYMENT_PASSWORD)
    assert counted() == {}
