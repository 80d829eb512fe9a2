"""Prices for a limited time: set, ended early, called off (row H6).

Called inside the transaction of the deed that they belong to.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from catalog.models import LimitedPrice, Variant
from catalog.services import prices
from catalog.services.products import refresh_summary
from shop import clock, journal
from shop.money import plain
from shop.refusals import Refusal


class LimitedPriceRefused(Refusal):
    """A limited-time price that may not be; the JSON has `fields`."""

    error = "limited_price_refused"


def problems_of(
    limited: LimitedPrice, *, regular_price: Decimal, now: datetime
) -> dict[str, str | Promise]:
    """Return what is wrong with a limited-time price, by the name of the field."""
    problems: dict[str, str | Promise] = {}
    if limited.ends_at <= now:
        problems["ends_at"] = _("That moment is past.")
    elif limited.ends_at <= limited.starts_at:
        problems["ends_at"] = _("It must end after it starts.")
    elif LimitedPrice.objects.overlapping(limited).exists():
        problems["starts_at"] = _("Another limited-time price runs in that time.")
    if limited.price <= 0:
        problems["price"] = _("The price must be above zero.")
    elif limited.price >= regular_price:
        problems["price"] = _("It must be below the regular price.")
    return problems


@transaction.atomic
def set_limited_price(*, limited: LimitedPrice) -> None:
    """Write a limited-time price, new or not begun yet.

    A start that is past means now: nobody can have bought at it before. Raises
    LimitedPriceRefused, and writes nothing, when it overlaps another of the variant, is
    not below the regular price, is over already or, stored before, has begun.
    """
    now = clock.now()
    variant = _caught_up(limited.variant_id, now)
    _refuse_begun(limited, now)
    limited.starts_at = max(limited.starts_at, now)
    for text in problems_of(
        limited, regular_price=variant.regular_price, now=now
    ).values():
        raise LimitedPriceRefused(text)
    limited.save()
    _follow(variant, limited, now, "set")


@transaction.atomic
def end_limited_price(*, limited: LimitedPrice, ends_at: datetime) -> None:
    """Let a running one end at another moment; a past one means now.

    Raises LimitedPriceRefused when it does not run, or would run into another.
    """
    now = clock.now()
    variant = _caught_up(limited.variant_id, now)
    stored = LimitedPrice.objects.get(pk=limited.pk)
    if not stored.starts_at < now < stored.ends_at:
        raise LimitedPriceRefused(_("It does not run."))
    stored.ends_at = max(ends_at, now)
    if LimitedPrice.objects.overlapping(stored).exists():
        raise LimitedPriceRefused(_("Another limited-time price runs in that time."))
    stored.save(update_fields=["ends_at"])
    limited.ends_at = stored.ends_at
    _follow(variant, stored, now, "ends")


@transaction.atomic
def call_off_limited_price(*, limited: LimitedPrice) -> None:
    """Take away one that has not begun. Raises LimitedPriceRefused when it has."""
    now = clock.now()
    variant = _caught_up(limited.variant_id, now)
    _refuse_begun(limited, now)
    LimitedPrice.objects.filter(pk=limited.pk).delete()
    _follow(variant, limited, now, "called off")


def _caught_up(variant_id: int, now: datetime) -> Variant:
    """Lock a variant, so that two of its prices are not set at once."""
    [variant] = prices.locked([variant_id])
    prices.catch_up([variant], now)
    return variant


def _refuse_begun(limited: LimitedPrice, now: datetime) -> None:
    if LimitedPrice.objects.filter(pk=limited.pk, starts_at__lte=now).exists():
        raise LimitedPriceRefused(
            _("It has begun: it can be ended, and another be set.")
        )


def _follow(variant: Variant, limited: LimitedPrice, now: datetime, deed: str) -> None:
    prices.reprice([(variant, now)])
    refresh_summary(product_ids=[variant.product_id])
    times = " – ".join(
        f"{localtime(moment):%Y-%m-%d %H:%M:%S}"
        for moment in (limited.starts_at, limited.ends_at)
    )
    note = f"limited-time price {plain(limited.price)}, {times}: {deed}"
    journal.record(journal.Kind.PRICE_CHANGED, about=variant, note=note)
