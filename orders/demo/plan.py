"""Orders of a shop to try: one in every state, and those behind the demo's reviews.

Written in bulk, as if the services had been at work since spring; `audit` proves that
the books are the same. Each has a token of its own, so a second run writes none anew.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Address
from catalog.models import Product, Variant
from orders.demo.books import write_orders
from orders.demo.order import DemoOrder
from orders.models import Order
from orders.rebuild import rebuild_together
from orders.states import OrderStatus
from shop import clock, demo

#: How the tokens of all these orders begin.
OURS = "demo-"
REVIEWED = "demo-review"
STATE = "demo-state"
FILLING = "demo-filling"


@demo.step(_("Orders"))
def load_orders(wishes: demo.Wishes) -> None:
    """One order in every state for the first shoppers, and one for each demo review."""
    _write(wishes)
    rebuild_together()


@transaction.atomic
def _write(wishes: demo.Wishes) -> None:
    shoppers = demo_shoppers()
    if not shoppers:
        return
    wanted = [*_reviewed(shoppers), *_in_every_state(shoppers)]
    there = set(
        Order.objects.filter(token__startswith=OURS).values_list("token", flat=True)
    )
    write_orders([order for order in wanted if order.token not in there], wishes)
    missing = wishes.orders - Order.objects.count()
    if missing > 0:
        write_orders(_filling(shoppers, missing, wishes), wishes)


def demo_shoppers() -> list[Address]:
    """Return the demo shoppers' default addresses, each with its owner."""
    rows = json.loads(_fixture("accounts", "people.json"))
    phones = [f"+86{row['phone']}" for row in rows]
    own = Address.objects.filter(default_of__phone__in=phones)
    return list(own.select_related("user").order_by("user__phone"))


def _fixture(app: str, name: str) -> str:
    path: Path = settings.BASE_DIR / app / "fixtures" / name
    return path.read_text(encoding="utf-8")


def _reviewed(shoppers: list[Address]) -> list[DemoOrder]:
    rows = json.loads(_fixture("catalog", "catalogue.json"))["products"]
    products = Product.objects.prefetch_related("variants").in_bulk(
        [row["code"] for row in rows], field_name="code"
    )
    return [
        _reviewed_order(row["code"], number, review, products[row["code"]], shoppers)
        for row in rows
        if row["code"] in products
        for number, review in enumerate(row["reviews"])
    ]


def _reviewed_order(
    code: str,
    number: int,
    review: dict[str, Any],
    product: Product,
    shoppers: list[Address],
) -> DemoOrder:
    # Chinese reviews are by shoppers who read Chinese; each product by different ones.
    speaks = "en" if review["language"] == "en" else "zh-hans"
    fitting = [address for address in shoppers if address.user.language == speaks]
    address = fitting[(product.pk + number) % len(fitting)]
    variants = sorted(product.variants.all(), key=lambda v: v.position)
    written_on = datetime.fromisoformat(review["date"])
    received_at = timezone.make_aware(written_on) + timedelta(hours=10)
    return DemoOrder(
        token=f"{REVIEWED}-{code}-{number}",
        address=address,
        variants=[variants[number % len(variants)]],
        placed_at=received_at - timedelta(days=3),
        status=OrderStatus.COMPLETED,
    )


def _in_every_state(shoppers: list[Address]) -> list[DemoOrder]:
    now = clock.now()
    variants = list(
        Variant.objects.filter(product__code__in=_CODES, stock__gt=2)
        .select_related("product")
        .order_by("product__code", "position")
    )
    if len(variants) < len(_CODES):
        return []
    orders: list[DemoOrder] = []
    for place, address in enumerate(shoppers[:3]):
        for name, status, age, count in _STATES:
            first = (place + len(orders)) % len(variants)
            chosen = [variants[(first + n) % len(variants)] for n in range(count)]
            if name.startswith("twin"):
                chosen = [variants[place]]
            orders.append(
                DemoOrder(
                    token=f"{STATE}-{name}-{place}",
                    address=address,
                    variants=chosen,
                    placed_at=now - age,
                    status=status,
                    shipped_items=1,
                )
            )
    return orders


#: Products of which the demo has plenty.
_CODES = ("TUR-BUDS", "HUS-AIR", "TID-C65", "SWI-M3", "HUS-ONE", "TID-P7")

#: name, state, how long ago it was placed, how many items
_STATES = [
    ("unpaid", OrderStatus.PENDING_PAYMENT, timedelta(minutes=2), 1),
    ("paid", OrderStatus.PAID, timedelta(hours=5), 2),
    ("partly", OrderStatus.PARTLY_SHIPPED, timedelta(days=2), 2),
    # The same bought twice the same day: received and reviewed one by one.
    ("twin-1", OrderStatus.SHIPPED, timedelta(days=4, hours=1), 1),
    ("twin-2", OrderStatus.SHIPPED, timedelta(days=4), 1),
    ("received", OrderStatus.COMPLETED, timedelta(days=6), 1),
    ("closed", OrderStatus.CLOSED, timedelta(days=8), 1),
    # Soon received by itself: the buyer may take more time.
    ("near", OrderStatus.SHIPPED, timedelta(days=9), 1),
    # About these something is asked (`orders.demo.after_sales`).
    ("asked-unsent", OrderStatus.PAID, timedelta(days=1), 2),
    ("asked-sent", OrderStatus.SHIPPED, timedelta(days=5), 2),
    ("asked-return", OrderStatus.COMPLETED, timedelta(days=8), 2),
    ("asked-exchange", OrderStatus.COMPLETED, timedelta(days=13), 1),
    # Should have left yesterday.
    ("late", OrderStatus.PAID, timedelta(days=3), 1),
    # Nobody reviewed it in time; and one whose review the word list holds.
    ("silent", OrderStatus.COMPLETED, timedelta(days=40), 1),
    ("held", OrderStatus.COMPLETED, timedelta(days=12), 1),
]


def _filling(
    shoppers: list[Address], number: int, wishes: demo.Wishes
) -> list[DemoOrder]:
    """Invent completed orders, for load tests."""
    random, now = wishes.random, clock.now()
    variants = list(Variant.objects.select_related("product").order_by("pk")[:500])
    first = Order.objects.filter(token__startswith=FILLING).count()
    orders = []
    for count in range(first, first + number):
        address = random.choice(shoppers)
        orders.append(
            DemoOrder(
                token=f"{FILLING}-{count}",
                address=address,
                variants=random.sample(variants, k=min(len(variants), 2)),
                placed_at=now - timedelta(days=random.randint(5, 200)),
                status=OrderStatus.COMPLETED,
            )
        )
    return orders
