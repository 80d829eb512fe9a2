"""Whose alerts: what an account waits for, and what it may wait for."""

from datetime import datetime

from catalog.messages import ALERTS
from catalog.models import Alert, Variant
from catalog.services import settle_variants
from shop import clock, due
from shop.models import MutedTopic


def kinds_of(user_id: int | None, variant_id: int) -> frozenset[str]:
    """Return of what about a variant an account still waits to be told."""
    if user_id is None:
        return frozenset()
    own = Alert.objects.of(user_id).filter(variant=variant_id)
    return frozenset(own.waiting(clock.now()).values_list("kind", flat=True))


def is_muted(user_id: int | None) -> bool:
    """Tell whether an account has switched all its alerts off."""
    return MutedTopic.objects.of(user_id).about(ALERTS.name).exists()


def find(
    user_id: int, product_id: int, variant_id: int, now: datetime
) -> Variant | None:
    """Return a variant that an account may wait for, or does, as it is now."""
    wanted = Variant.objects.select_related("product__category")
    own = wanted.filter(pk=variant_id, product__pk=product_id)
    variant = own.first()
    if variant is None:
        return None
    settle_variants([variant])
    if variant.held_until and variant.held_until <= now:
        due.settle("variants", [variant.pk])
        variant = own.get()
    if variant.product.is_public(now):
        return variant
    waits = Alert.objects.of(user_id).filter(variant=variant).exists()
    return variant if waits else None
