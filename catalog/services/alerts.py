"""Asking to be told that something is back or costs less, and telling it (row C5).

Who is to be told is found by what is so (`AlertQuerySet.heard`), not by what happened,
so no way in which stock comes or a price falls can be forgotten, and no crash loses
anybody.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.messages import ALERTS, BACK_IN_STOCK, PRICE_DROP
from catalog.models import Alert, Variant
from catalog.refusals import AlertsFull, StillInStock
from catalog.services.settling import settle_variants
from catalog.templatetags.catalog import words_of
from shop import clock, links, money, outbox, policy
from shop.models import MutedTopic
from shop.retry import whole_deed

KINDS = {Alert.Kind.RESTOCK: BACK_IN_STOCK, Alert.Kind.PRICE: PRICE_DROP}


@whole_deed
def set_alert(*, user_id: int, variant: Variant, kind: Alert.Kind) -> None:
    """Let an account be told once of something about a variant, as it was just read.

    Asked again, it is set anew, at the present price. Who had switched all alerts off
    gets them again. Raises StillInStock when there is nothing to wait for, AlertsFull.
    """
    if kind == Alert.Kind.RESTOCK and variant.stock:
        raise StillInStock
    # Locked, so that clicks at the same time come one after the other.
    get_user_model().objects.select_for_update().only("pk").get(pk=user_id)
    own = Alert.objects.of(user_id)
    now = clock.now()
    anew = {
        "price": variant.price,
        "created_at": now,
        "ends_at": ends_at_from(now),
        "told_at": None,
    }
    if not own.filter(variant=variant, kind=kind).update(**anew):
        _refuse_too_many(own.count())
        Alert.objects.create(user_id=user_id, variant=variant, kind=kind, **anew)
    MutedTopic.objects.of(user_id).about(ALERTS.name).delete()


def ends_at_from(moment: datetime) -> datetime:
    """Return until when an alert counts that is asked for at this moment."""
    return moment + timedelta(days=policy.whole("alert_days"))


@whole_deed
def take_back_alert(*, user_id: int, variant_id: int, kind: Alert.Kind) -> None:
    """Let an account not be told any more; again it changes nothing."""
    own = Alert.objects.of(user_id)
    own.filter(variant=variant_id, kind=kind).delete()


def tell(*, alert_ids: Collection[int]) -> bool:
    """Tell those of these alerts that are still to be told; False: there was none.

    Each once, in its account's language; the messages leave through the outbox.
    """
    asked = Alert.objects.filter(pk__in=alert_ids).values("variant")
    # A price that was due to rise again meanwhile has risen.
    settle_variants(Variant.objects.filter(pk__in=asked, price_due_at__lte=clock.now()))
    return _tell(alert_ids)


@whole_deed
def _tell(alert_ids: Collection[int]) -> bool:
    now = clock.now()
    # Held without their variants, which the till needs: another runner, or who takes
    # an alert back, waits and then finds it told.
    held = Alert.objects.filter(pk__in=alert_ids).order_by("pk").select_for_update()
    # Judged here: asked for, it would lead a database to all that was not told.
    waiting = [alert.pk for alert in held if alert.is_waiting_at(now)]
    alerts = list(
        Alert.objects.filter(pk__in=waiting)
        .heard(now, ALERTS.name)
        .with_products()
        .select_related("user")
        .order_by("pk")
    )
    letters = defaultdict(list)
    for alert in alerts:
        letters[Alert.Kind(alert.kind)].append(_letter(alert))
    for kind, own in letters.items():
        outbox.write_many(KINDS[kind], own)
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_at=now)
    return bool(alerts)


def _letter(alert: Alert) -> outbox.Letter:
    user, variant = alert.user, alert.variant
    channel, recipient = user.contact
    with translation.override(user.language):
        page = f"{variant.product.get_absolute_url()}?variant={variant.pk}"
        name = f"{words_of(variant.product, 'name')} {options_of(variant)}".strip()
        words = {
            "name": name,
            "price": money.shown(variant.price),
            "less": money.shown(alert.price_fell_by),
            "address": links.absolute(page),
        }
    return outbox.Letter(channel, recipient, user.language, user.pk, None, words)


def options_of(variant: Variant) -> str:
    """Return what a variant is beside its sisters, in the language that is active."""
    return " ".join(filter(None, (words_of(variant, f"option{n}") for n in (1, 2))))


@whole_deed
def forget_alerts(*, moment: datetime, most: int) -> bool:
    """Take away alerts that do not count any more, a batch; tell if there was one."""
    over = Alert.objects.over(moment).order_by("ends_at", "pk")
    ids = list(over.values_list("pk", flat=True)[:most])
    return Alert.objects.filter(pk__in=ids).over(moment).delete()[0] > 0


def _refuse_too_many(number: int) -> None:
    limit = policy.whole("alert_limit")
    if number >= limit:
        text = _("You wait for %(limit)d things already, and more do not fit.")
        raise AlertsFull(text % {"limit": limit}, limit=limit)
