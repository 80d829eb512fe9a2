"""What the shop forgets by itself once it is old enough (row A11)."""

from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from shop import due, policy
from shop.models import JournalEntry, RateCount
from shop.retry import whole_deed

#: So many old entries go in one transaction.
BATCH = 1000

policy.define(
    "journal_days",
    365,
    "days",
    _("How long the journal is kept; what is older goes away by itself."),
    minimum=30,
    maximum=3650,
)


@due.task("forget_journal")
def entries_to_forget(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the oldest entry of the journal, if it is too old to keep.

    One deed takes a batch away; what is left then begins with another entry.
    """
    until = moment - timedelta(days=policy.whole("journal_days"))
    old = JournalEntry.objects.older_than(until).order_by("at", "pk")
    first = old.values_list("pk", flat=True).first()
    if first is None:
        return []
    return [due.Deed("forget_journal", first, moment, partial(_forget, until))]


@due.task("cleanup")
def rates_to_forget(moment: datetime, limit: int) -> list[due.Deed]:
    """Find what was counted in minutes that are over; one deed takes a batch away."""
    first = RateCount.objects.over(moment).order_by("ends_at", "pk").first()
    if first is None:
        return []
    forget = partial(_forget_rates, moment)
    return [due.Deed("forget_rates", first.pk, first.ends_at, forget)]


@whole_deed
def _forget_rates(moment: datetime) -> bool:
    over = RateCount.objects.over(moment).order_by("ends_at", "pk")
    keys = list(over.values_list("pk", flat=True)[:BATCH])
    return RateCount.objects.filter(pk__in=keys).delete()[0] > 0


@whole_deed
def _forget(until: datetime) -> bool:
    return JournalEntry.objects.all().forget(until, BATCH) > 0
