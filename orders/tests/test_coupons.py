"""Coupons: claimed, taken in the order's transaction, given back exactly once (E8)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import make_user
from catalog.models import Category, Variant
from catalog.tests.factories import make_product
from orders.lines import Line
from orders.models import ClaimedCoupon, Coupon, CouponUse, Order, OrderItem
from orders.refusals import (
    CouponAllUsed,
    CouponGone,
    CouponUnfit,
    TotalChanged,
    UnknownCoupon,
)
from orders.services import closing, coupons
from orders.states import OrderStatus
from orders.tests.coupon_factories import give_coupon, make_coupon
from orders.tests.factories import cancel, make_order, pay
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return make_product(price="150.00", stock=50)


def order_with(user, lines, coupon, total, **changes):
    return make_order(
        user, lines, coupon=coupon.code, total_shown=Decimal(total), **changes
    )


def counts(coupon):
    coupon.refresh_from_db()
    return coupon.claimed_count, coupon.used_count


class TestWhatItTakesOff:
    @pytest.mark.parametrize(
        ("columns", "goods", "off"),
        [
            ({}, "99.99", "0.00"),
            ({}, "100.00", "20.00"),
            ({"percent": 10, "minimum": "0.00"}, "33.35", "3.34"),
            ({"percent": 10, "cap": Decimal("2.00")}, "100.00", "2.00"),
            ({"percent": 99, "minimum": "0.00"}, "0.01", "0.00"),
            ({"percent": 99, "minimum": "0.00"}, "0.02", "0.01"),
        ],
    )
    def test_an_amount_or_a_percentage_up_to_its_cap(self, columns, goods, off):
        coupon = make_coupon(**columns)
        assert coupon.discount_on(Decimal(goods)) == Decimal(off)

    @given(
        goods=st.integers(1, 10**7),
        percent=st.integers(1, 99),
        cap=st.none() | st.integers(1, 10**6),
    )
    def test_something_is_always_left_to_pay(self, goods, percent, cap):
        price = goods * Decimal("0.01")
        coupon = Coupon(
            kind="percent", percent=percent, cap=cap and cap * Decimal("0.01")
        )
        off = coupon.discount_on(price)
        assert Decimal(0) <= off < price
        assert off <= (coupon.cap or price)

    def test_only_goods_of_its_category_count_and_bear_it(self, product):
        other = make_product(price="80.00", category=Category.objects.get(pk=2))
        own = product.category
        assert other.category != own
        lines = [Line(p.variants.get(), 1) for p in (other, product)]
        discount = coupons.discount_of(make_coupon(category=own), lines)
        assert discount.amount == Decimal("20.00")
        assert discount.shares == [Decimal("0.00"), Decimal("20.00")]
        dear = make_coupon(category=own, minimum="200.00")
        assert coupons.discount_of(dear, lines) is None


class TestClaiming:
    def test_an_account_claims_as_many_as_it_may(self, alice):
        coupon = make_coupon(shopper_limit=2)
        coupons.claim(user=alice, code=coupon.code)
        coupons.claim(user=alice, code=coupon.code)
        with pytest.raises(CouponAllUsed):
            coupons.claim(user=alice, code=coupon.code)
        assert counts(coupon) == (2, 0)

    def test_none_is_left_when_all_are_claimed(self, alice, bob):
        coupon = give_coupon(alice, total_limit=1)
        with pytest.raises(CouponGone):
            coupons.claim(user=bob, code=coupon.code)
        assert counts(coupon) == (1, 0)

    def test_a_one_time_code_claims_once_and_a_wrong_one_never(self, alice, bob):
        coupon = make_coupon(access="single_codes", shopper_limit=5)
        [code] = coupons.make_codes(coupon=coupon, number=1)
        coupons.claim(user=alice, code=code)
        for wrong, refusal in [
            (code, CouponGone),
            (coupon.code, UnknownCoupon),
            ("NOBODY-HASIT", UnknownCoupon),
            ("", UnknownCoupon),
        ]:
            with pytest.raises(refusal):
                coupons.claim(user=bob, code=wrong)
        assert counts(coupon) == (1, 0)

    def test_over_to_the_second(self, alice, bob):
        coupon = make_coupon()
        with clock.at(coupon.ends_at - timedelta(seconds=1)):
            coupons.claim(user=alice, code=coupon.code)
        with clock.at(coupon.ends_at), pytest.raises(CouponGone):
            coupons.claim(user=bob, code=coupon.code)


class TestInAnOrder:
    def test_it_is_spread_over_the_items_and_copied(self, alice, product):
        small = make_product(price="33.33")
        coupon = give_coupon(alice, "10.00")
        order = order_with(alice, {product: 1, small: 2}, coupon, "206.66")
        assert order.discount_amount == Decimal("10.00")
        assert order.goods_amount == Decimal("216.66")
        items = list(OrderItem.objects.filter(order=order).in_order())
        assert [i.discount_amount for i in items] == [Decimal("6.92"), Decimal("3.08")]
        assert [i.amount for i in items] == [Decimal("143.08"), Decimal("63.58")]
        use = CouponUse.objects.get(order=order)
        assert (use.code, use.name_en) == (coupon.code, "A coupon")
        assert counts(coupon) == (1, 1)
        call_command("audit")

    def test_freight_is_that_of_what_is_paid_for_the_goods(self, alice):
        product = make_product(price="100.00")
        coupon = give_coupon(alice, "20.00", minimum="50.00")
        order = order_with(alice, product, coupon, "90.00")
        assert (order.freight_amount, order.total_amount) == (10, 90)

    def test_a_wrong_total_leaves_nothing_written(self, alice, product):
        coupon = give_coupon(alice)
        with pytest.raises(TotalChanged):
            order_with(alice, product, coupon, "150.00")
        assert counts(coupon) == (1, 0)
        assert not Order.objects.exists()
        assert product.variants.get().stock == 50

    def test_the_same_token_again_uses_it_once(self, alice, product):
        coupon = give_coupon(alice, shopper_limit=2)
        coupons.claim(user=alice, code=coupon.code)
        first = order_with(alice, product, coupon, "130.00", token="same-token")
        again = order_with(alice, product, coupon, "130.00", token="same-token")
        assert first == again
        assert counts(coupon) == (2, 1)

    def test_a_used_one_is_gone(self, alice, product):
        coupon = give_coupon(alice)
        order_with(alice, product, coupon, "130.00")
        with pytest.raises(CouponGone):
            order_with(alice, product, coupon, "130.00")
        assert Order.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"is_active": False}, CouponGone),
            ({"starts_at": clock.now() + timedelta(hours=1)}, CouponGone),
            ({"minimum_amount": "150.01"}, CouponUnfit),
            ({"category_id": 2}, CouponUnfit),
        ],
    )
    def test_one_that_does_not_fit_any_more_is_refused(
        self, alice, product, changes, refusal
    ):
        coupon = give_coupon(alice)
        Coupon.objects.filter(pk=coupon.pk).update(**changes)
        with pytest.raises(refusal):
            order_with(alice, product, coupon, "130.00")
        assert not Order.objects.exists()
        assert product.variants.get().stock == 50

    def test_one_of_somebody_else_is_unknown(self, alice, bob, product):
        coupon = give_coupon(bob)
        with pytest.raises(UnknownCoupon):
            order_with(alice, product, coupon, "130.00")

    @pytest.mark.parametrize(("seconds", "fits"), [(-1, False), (0, True)])
    def test_from_its_first_second(self, alice, product, seconds, fits):
        begin = clock.now() + timedelta(hours=1)
        coupon = give_coupon(alice, starts_at=begin)
        with clock.at(begin + timedelta(seconds=seconds)):
            if fits:
                order_with(alice, product, coupon, "130.00")
            else:
                with pytest.raises(CouponGone):
                    order_with(alice, product, coupon, "130.00")

    def test_until_before_its_last_second(self, alice, product):
        coupon = give_coupon(alice)
        with clock.at(coupon.ends_at), pytest.raises(CouponGone):
            order_with(alice, product, coupon, "130.00")

    def test_terms_that_change_between_reading_and_taking_are_refused(
        self, alice, product, monkeypatch
    ):
        coupon = give_coupon(alice)
        discount_of = coupons.discount_of

        def meanwhile(found, lines):
            discount = discount_of(found, lines)
            Coupon.objects.filter(pk=found.pk).update(amount="1.00")
            return discount

        monkeypatch.setattr(coupons, "discount_of", meanwhile)
        with pytest.raises(CouponGone):
            order_with(alice, product, coupon, "130.00")


class TestGivenBack:
    def test_by_cancelling_once(self, alice, product):
        coupon = give_coupon(alice)
        order = order_with(alice, product, coupon, "130.00")
        cancel(order)
        with pytest.raises(closing.OrderClosed):
            cancel(order)
        coupons.give_back(order_id=order.pk, at=clock.now())
        assert counts(coupon) == (1, 0)
        assert ClaimedCoupon.objects.get().used_at is None
        assert order.coupon_use.given_back_at is not None
        order_with(alice, product, coupon, "130.00")
        assert counts(coupon) == (1, 1)
        call_command("audit")

    def test_by_time_out_though_no_command_ran(self, alice, product):
        coupon = give_coupon(alice)
        order = order_with(alice, product, coupon, "130.00")
        other = make_product(price="150.00")
        with clock.at(order.pay_by):
            second = order_with(alice, other, coupon, "130.00")
        order.refresh_from_db()
        assert order.status == OrderStatus.CLOSED
        assert order.coupon_use.given_back_at == order.pay_by
        assert second.coupon_use.claim == order.coupon_use.claim
        call_command("audit")

    def test_a_paid_order_keeps_it(self, alice, product):
        coupon = give_coupon(alice)
        order = order_with(alice, product, coupon, "130.00")
        pay(order)
        closing.close_overdue(order.pk)
        assert counts(coupon) == (1, 1)
        call_command("audit")


class TestConstraints:
    @pytest.mark.parametrize(
        "changes",
        [
            {"used_count": 2},
            {"claimed_count": 6},
            {"amount": None},
            {"amount": "0.00"},
            {"amount": "100.00"},
            {"percent": 5},
            {"cap": "1.00"},
            {"minimum_amount": "-1.00"},
            {"shopper_limit": 0},
            {"ends_at": clock.now() - timedelta(days=3)},
        ],
    )
    def test_nobody_writes_a_coupon_that_cannot_be(self, alice, changes):
        coupon = give_coupon(alice, total_limit=5)
        with pytest.raises(IntegrityError), transaction.atomic():
            Coupon.objects.filter(pk=coupon.pk).update(**changes)

    def test_a_claim_is_numbered_once_and_stands_in_one_order(self, alice, product):
        coupon = give_coupon(alice)
        claim = ClaimedCoupon.objects.get()
        order_with(alice, product, coupon, "130.00")
        other = make_order(alice, product)
        with pytest.raises(IntegrityError), transaction.atomic():
            ClaimedCoupon.objects.create(
                coupon=coupon, user=alice, serial=1, claimed_at=clock.now()
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            CouponUse.objects.create(
                order=other,
                claim=claim,
                standing_claim=claim,
                code="X",
                discount_amount=1,
                used_at=clock.now(),
            )

    @pytest.mark.parametrize(
        ("model", "changes"),
        [
            (Order, {"discount_amount": "-0.01"}),
            (Order, {"discount_amount": "150.01"}),
            (Order, {"total_amount": "-0.01"}),
            (OrderItem, {"discount_amount": "-0.01"}),
            (OrderItem, {"amount": "-0.01"}),
        ],
    )
    def test_no_amount_is_below_zero(self, alice, product, model, changes):
        make_order(alice, product)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**changes)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Coupon, {"used_count": 0}),
        (Coupon, {"claimed_count": 2}),
        (ClaimedCoupon, {"used_at": None}),
        (CouponUse, {"discount_amount": "1.00"}),
        (CouponUse, {"given_back_at": clock.now(), "standing_claim": None}),
        (OrderItem, {"discount_amount": "1.00"}),
    ],
)
def test_the_audit_finds_what_does_not_add_up(alice, product, capsys, model, changes):
    coupon = give_coupon(alice)
    order_with(alice, product, coupon, "130.00")
    call_command("audit")
    model.objects.update(**changes)
    with pytest.raises(CommandError):
        call_command("audit")


def test_placing_asks_as_often_with_many_lines_as_with_few(
    alice, connection_queries, product
):
    def asked(number):
        lines = [make_product(price="100.00") for _ in range(number)]
        coupon = give_coupon(make_user(), "20.00")
        user = coupon.claims.get().user
        total = 100 * number - 20
        return connection_queries(lambda: order_with(user, lines, coupon, total))

    few, more, many = asked(2), asked(3), asked(6)
    # A line costs its guarded statement and its ledger's row, and nothing else.
    assert more - few == (many - more) / 3
    assert Variant.objects.count()
