"""What the catalogue holds about a person, and how it goes (row A11)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from catalog.models import Alert, Favourite, HistoryEntry, RecentPurchase
from catalog.templatetags.catalog import words_of
from shop.money import plain
from shop.personal import Section, register, written


def favourites_of(user: AbstractBaseUser) -> list[dict[str, Any]]:
    favourites = Favourite.objects.of(user.pk).with_products().newest_first()
    return [
        {
            "code": favourite.product.code,
            "name": words_of(favourite.product, "name"),
            "price_when_added": plain(favourite.price_when_added),
            "added_at": written(favourite.added_at),
        }
        for favourite in favourites
    ]


def delete_favourites(user: AbstractBaseUser) -> None:
    Favourite.objects.of(user.pk).delete()


def alerts_of(user: AbstractBaseUser) -> list[dict[str, Any]]:
    """Return what somebody waits for, or was told of."""
    alerts = Alert.objects.of(user.pk).with_products().newest_first()
    return [
        {
            "code": alert.variant.code,
            "name": words_of(alert.variant.product, "name"),
            "kind": alert.kind,
            "price_then": plain(alert.price),
            "asked_at": written(alert.created_at),
            "told_at": written(alert.told_at),
        }
        for alert in alerts
    ]


def delete_alerts(user: AbstractBaseUser) -> None:
    Alert.objects.of(user.pk).delete()


def viewed_by(user: AbstractBaseUser) -> list[dict[str, Any]]:
    entries = HistoryEntry.objects.of(user.pk).newest_first()
    return [
        {
            "code": entry.product.code,
            "name": words_of(entry.product, "name"),
            "viewed_at": written(entry.viewed_at),
        }
        for entry in entries.select_related("product")
    ]


def delete_views(user: AbstractBaseUser) -> None:
    HistoryEntry.objects.of(user.pk).delete()


def bought_lately_by(user: AbstractBaseUser) -> list[dict[str, Any]]:
    purchases = RecentPurchase.objects.of(user.pk).newest_first()
    return [
        {
            "code": purchase.product.code,
            "name": words_of(purchase.product, "name"),
            "bought_at": written(purchase.bought_at),
        }
        for purchase in purchases.select_related("product")
    ]


def delete_purchases(user: AbstractBaseUser) -> None:
    RecentPurchase.objects.of(user.pk).delete()


register(Section("favourites", favourites_of, make_nameless=delete_favourites))
register(Section("alerts", alerts_of, make_nameless=delete_alerts))
register(Section("viewed", viewed_by, make_nameless=delete_views))
register(Section("bought_lately", bought_lately_by, make_nameless=delete_purchases))
