"""Prices of the shop to try that have changed, and some for a limited time."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.demo.filling import PREFIX
from catalog.models import LimitedPrice, Variant
from catalog.services import prices
from shop import clock, demo

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Reduced so many days ago, after a month at the list price. The oldest is forgotten.
REDUCED = (3, 12, 26, 45)
#: From when until when, beside now, and the price of ten.
LIMITED = (
    (-HOUR, 5 * HOUR, "9.0"),
    (-DAY, 2 * DAY, "8.8"),
    (-2 * HOUR, 6 * DAY, "9.5"),
    (9 * HOUR, 11 * HOUR, "8.5"),
    (-9 * DAY, -7 * DAY, "9.2"),
)


@demo.step(_("Limited-time prices and a price history"))
@transaction.atomic
def load_prices(wishes: demo.Wishes) -> None:
    """Written once: a shop that has limited-time prices gets none anew."""
    if LimitedPrice.objects.exists():
        return
    now = clock.now()
    for days, variant in zip(REDUCED, _reducible(now), strict=False):
        _reduce(variant, now - days * DAY)
    for row, variant in zip(LIMITED, _others(), strict=False):
        _limit(variant, now, *row)
    # What has ended since, or is too old to be struck through.
    late = Variant.objects.filter(price_due_at__lte=now).values_list("pk", flat=True)
    changed = prices.catch_up(prices.locked(late), now)
    services.refresh_summary(product_ids={variant.product_id for variant in changed})


def _reducible(now: datetime) -> list[Variant]:
    """Return variants that cost less than their list price, of one product each."""
    reduced = _own().filter(list_price__gt=F("regular_price"))
    long_there = reduced.filter(product__on_shelf_at__lt=now - 90 * DAY, stock__gt=0)
    return list(long_there.order_by("product__category", "code")[::5][: len(REDUCED)])


def _own() -> QuerySet[Variant]:
    """Those of the demo itself, not of the catalogue for load tests."""
    return Variant.objects.filter(position=0).exclude(code__startswith=PREFIX)


def _others() -> list[Variant]:
    """Return variants without another history, of one product each."""
    first = _own().filter(stock__gt=0)
    unchanged = first.exclude(price_periods__to_at__isnull=False)
    return list(unchanged.order_by("-product__sales_count", "code")[: len(LIMITED)])


def _reduce(variant: Variant, moment: datetime) -> None:
    price, list_price = variant.regular_price, variant.list_price
    for at, new in ((moment - 30 * DAY, list_price), (moment, price)):
        with clock.at(at):
            services.set_prices(prices=[services.NewPrice(variant.pk, new, list_price)])
    services.product_changed(product_ids=[variant.product_id])


def _limit(
    variant: Variant,
    now: datetime,
    start: timedelta,
    end: timedelta,
    of_ten: str,
) -> None:
    price = (variant.regular_price * Decimal(of_ten) / 10).quantize(Decimal(1))
    limited = LimitedPrice(
        variant=variant, price=price, starts_at=now + start, ends_at=now + end
    )
    # What has begun was set when it began.
    with clock.at(min(now, limited.starts_at)):
        services.set_limited_price(limited=limited)
