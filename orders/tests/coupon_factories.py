"""Coupons for tests; dull unless told otherwise."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from orders.models import Coupon
from orders.services import coupons
from shop import clock

_numbers = count(1)


def make_coupon(amount="20.00", *, minimum="100.00", percent=None, **changes):
    """Write a coupon: 20 off goods from 100 on, or `percent` off."""
    now = clock.now()
    columns = {
        "code": f"TEST{next(_numbers):06}",
        "name_zh": "满减券",
        "name_en": "A coupon",
        "kind": "percent" if percent else "amount",
        "amount": None if percent else Decimal(amount),
        "percent": percent,
        "minimum_amount": Decimal(minimum),
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
    }
    return Coupon.objects.create(**columns | changes)


def give_coupon(user, amount="20.00", **changes):
    """Write a coupon and let somebody claim it, as by its code."""
    coupon = make_coupon(amount, **changes)
    coupons.claim(user=user, code=coupon.code)
    coupon.refresh_from_db()
    return coupon
