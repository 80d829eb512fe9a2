"""One coupon in many hands at once: used once, claimed within its limits (E8)."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.tests.factories import make_place, make_user
from accounts.tests.parallel import at_once, in_processes, outcome
from catalog.tests.factories import make_product
from orders.models import ClaimedCoupon, CouponUse, Order
from orders.refusals import CouponGone
from orders.services import coupons
from orders.services.placement import Checkout, place_order
from orders.tests.coupon_factories import give_coupon, make_coupon
from orders.tests.factories import cancel

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def checkout(user, coupon, n):
    # Each of its own goods: else the stock's row, not the coupon, would part them.
    variant = make_product(price="150.00", stock=5).variants.get()
    return Checkout(
        user=user,
        token=f"token-number-{n}",
        place=make_place(),
        total_shown=Decimal("130.00"),
        language="en",
        buy_now={variant.pk: 1},
        coupon=coupon.code,
    )


def assert_used(coupon, times):
    coupon.refresh_from_db()
    assert coupon.used_count == times
    assert CouponUse.objects.filter(given_back_at=None).count() == times
    assert Order.objects.filter(discount_amount=20).count() >= times
    call_command("audit")


def test_twenty_checkouts_in_threads_use_it_once():
    user = make_user()
    coupon = give_coupon(user)
    wanted = [checkout(user, coupon, n) for n in range(20)]
    results = at_once(*[lambda c=c: outcome(lambda: place_order(c)) for c in wanted])
    assert Counter(results) == {"done": 1, CouponGone.error: 19}
    assert_used(coupon, 1)


def test_checkouts_in_processes_use_it_once_and_no_cart_lock_is_needed(many):
    number = many(quick=8, thorough=20)
    user = make_user()
    coupon = give_coupon(user)
    wanted = [checkout(user, coupon, n) for n in range(number)]
    results = in_processes(lambda n: outcome(lambda: place_order(wanted[n])), number)
    assert Counter(results) == {"done": 1, CouponGone.error: number - 1}
    assert_used(coupon, 1)


def test_many_shoppers_with_one_coupon_each_never_deadlock(many):
    number = many(quick=8, thorough=20)
    coupon = make_coupon(total_limit=number)
    users = [make_user() for _ in range(number)]
    for user in users:
        coupons.claim(user=user, code=coupon.code)
    wanted = [checkout(user, coupon, n) for n, user in enumerate(users)]
    results = in_processes(lambda n: outcome(lambda: place_order(wanted[n])), number)
    assert Counter(results) == {"done": number}
    assert_used(coupon, number)


def test_the_last_ones_are_claimed_once(many):
    number = many(quick=8, thorough=20)
    coupon = make_coupon(total_limit=3)
    users = [make_user() for _ in range(number)]
    results = in_processes(
        lambda n: outcome(lambda: coupons.claim(user=users[n], code=coupon.code)),
        number,
    )
    assert Counter(results) == {"done": 3, CouponGone.error: number - 3}
    assert ClaimedCoupon.objects.count() == 3


def test_one_shopper_claims_no_more_than_allowed_at_once(many):
    number = many(quick=8, thorough=20)
    coupon, user = make_coupon(shopper_limit=2), make_user()
    results = in_processes(
        lambda n: outcome(lambda: coupons.claim(user=user, code=coupon.code)), number
    )
    assert Counter(results) == {"done": 2, "coupon_limit": number - 2}


def test_a_one_time_code_goes_to_one_of_those_who_enter_it_at_once(many):
    number = many(quick=8, thorough=20)
    coupon = make_coupon(access="single_codes")
    [code] = coupons.make_codes(coupon=coupon, number=1)
    users = [make_user() for _ in range(number)]
    results = in_processes(
        lambda n: outcome(lambda: coupons.claim(user=users[n], code=code)), number
    )
    assert Counter(results) == {"done": 1, CouponGone.error: number - 1}


def test_cancelling_at_once_gives_it_back_once():
    user = make_user()
    coupon = give_coupon(user)
    order = place_order(checkout(user, coupon, 1))
    results = at_once(*[lambda: outcome(lambda: cancel(order)) for _ in range(8)])
    assert Counter(results) == {"done": 1, "order_closed": 7}
    assert_used(coupon, 0)
