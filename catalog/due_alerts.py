"""Whom the clock tells that something is back or costs less (row C5)."""

from datetime import datetime
from functools import partial

from catalog.messages import ALERTS
from catalog.models import Alert
from catalog.services import alerts
from shop import due

BATCH = 100


@due.task("alerts")
def alerts_to_tell(moment: datetime, most: int) -> list[due.Deed]:
    """Who waits for what is there again or costs less by now, in batches."""
    # First the few variants of which anything happened: most alerts wait for long.
    promising = Alert.objects.promising().order_by().values_list("variant", flat=True)
    waiting = Alert.objects.filter(variant__in=list(promising.distinct()))
    to_tell = waiting.waiting(moment).heard(moment, ALERTS.name).order_by("pk")
    ids = list(to_tell.values_list("pk", flat=True)[: most * BATCH])
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    return [
        # Since when is not known; what was seen just now is told now.
        due.Deed("tell", batch[0], moment, partial(alerts.tell, alert_ids=batch))
        for batch in batches
    ]


@due.task("cleanup")
def alerts_to_forget(moment: datetime, most: int) -> list[due.Deed]:
    """Alerts that do not count any more, a batch of them."""
    over = Alert.objects.over(moment).order_by("ends_at", "pk")
    first = over.values_list("pk", "ends_at").first()
    if first is None:
        return []
    pk, ends_at = first
    forget = partial(alerts.forget_alerts, moment=moment, most=BATCH)
    return [due.Deed("forget_alerts", pk, ends_at, forget)]
