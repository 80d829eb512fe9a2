"""Shoppers for a benchmark's flows: `python -m benchmark.shoppers` makes them.

Run with the shop's own environment. It prints, as JSON, the cookie of each one's
session, the products that they buy, and what checking a payment password costs.
Goods are filled up, and nobody is told how much one may buy.
"""

import json
import secrets
import time
from decimal import Decimal

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import check_password, make_password  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from accounts import wallet  # noqa: E402
from accounts.models import Address, User, WalletEntry  # noqa: E402
from benchmark.flows import PAYMENT_PASSWORD  # noqa: E402
from catalog import services as catalog  # noqa: E402
from catalog.models import Product, Variant  # noqa: E402
from shop import clock, policy  # noqa: E402

SHOPPERS = 64
PRODUCTS = 48
UNITS = 1_000_000
MONEY = Decimal(9_000_000)


def main() -> None:
    hashed = make_password(PAYMENT_PASSWORD)
    policy.change("purchase_limit", "0")
    print(
        json.dumps(
            {
                "cookie": settings.SESSION_COOKIE_NAME,
                "sessions": [_shopper(hashed) for _ in range(SHOPPERS)],
                "products": _products(),
                "hash_cpu": _cost_of(hashed),
            }
        )
    )


def _shopper(hashed: str) -> str:
    user = User.objects.create_user(f"1990{secrets.randbelow(10**7):07}", None)
    User.objects.filter(pk=user.pk).update(payment_password=hashed)
    grant = WalletEntry.Kind.GRANT
    wallet.credit(user_id=user.pk, amount=MONEY, kind=grant, reason="benchmark")
    Address.objects.create(
        user=user,
        default_of=user,
        recipient="林晓",
        phone="+8613800138000",
        province="广东省",
        city="深圳市",
        district="南山区",
        street="海岚路 66 号",
    )
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@transaction.atomic
def _products() -> list[int]:
    """Fill up products that are in stock; return their keys."""
    public = Product.objects.public(clock.now()).in_stock().order_by("pk")
    keys = list(public.values_list("pk", flat=True)[:PRODUCTS])
    changes = [
        catalog.StockChange(pk, UNITS - stock)
        for pk, stock in Variant.objects.filter(product__in=keys)
        .order_by("pk")
        .values_list("pk", "stock")
    ]
    catalog.change_stock(changes=changes, reason="benchmark", by_id=None)
    catalog.refresh_summary(product_ids=keys)
    return keys


def _cost_of(hashed: str) -> float:
    """Return the CPU milliseconds of checking a payment password, the median."""
    times = []
    for _time in range(5):
        before = time.process_time()
        check_password(PAYMENT_PASSWORD, hashed)
        times.append((time.process_time() - before) * 1000)
    return sorted(times)[2]


if __name__ == "__main__":
    main()
