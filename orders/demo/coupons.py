"""Two coupons of a shop to try: one to claim, one in the first shoppers' hands."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from orders.demo.plan import demo_shoppers
from orders.models import Coupon, CouponAccess, CouponKind
from orders.services import coupons
from shop import clock, demo

#: So many of the shoppers have the second one.
HANDS = 10
WELCOME = {
    "name_zh": "新人满减券",
    "name_en": "Welcome coupon",
    "kind": CouponKind.AMOUNT,
    "amount": Decimal("20.00"),
    "minimum_amount": Decimal("199.00"),
    "access": CouponAccess.LISTED,
}
PHONES = {
    "name_zh": "手机九五折券",
    "name_en": "5 % off phones",
    "kind": CouponKind.PERCENT,
    "percent": 5,
    "cap": Decimal("300.00"),
    "minimum_amount": Decimal("1000.00"),
    "total_limit": 1000,
}


@demo.step(_("Coupons"))
def load_coupons(wishes: demo.Wishes) -> None:
    """Write the two coupons that are not there yet, and hand one out."""
    now = clock.now()
    span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=90)}
    Coupon.objects.get_or_create(code="WELCOME20", defaults={**WELCOME, **span})
    phones = {**PHONES, "category": Category.objects.get(slug="phones"), **span}
    second, is_new = Coupon.objects.get_or_create(code="PHONES5", defaults=phones)
    if is_new:
        for address in demo_shoppers()[:HANDS]:
            coupons.claim(user=address.user, code=second.code)
