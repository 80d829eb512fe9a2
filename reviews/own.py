"""The tabs of one's own reviews."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import Review
from reviews.models.querysets import ReviewQuerySet

PENDING, WRITTEN = "pending", "written"
NAMES = {"": _("All"), PENDING: _("To review"), WRITTEN: _("Reviewed")}


@dataclass(frozen=True)
class Tab:
    status: str
    name: str | Promise
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Tabs:
    """All tabs, and the rows of the one that is open."""

    tabs: list[Tab]
    rows: ReviewQuerySet


def tabs_of(own: ReviewQuerySet, asked: str) -> Tabs:
    """Count a shopper's reviews and open the tab asked for; unknown: all."""
    waiting = Q(state=Review.State.PENDING)
    number = own.aggregate(all=Count("pk"), pending=Count("pk", filter=waiting))
    counts = {
        "": number["all"],
        PENDING: number["pending"],
        WRITTEN: number["all"] - number["pending"],
    }
    status = asked if asked in counts else ""
    rows = {"": own, PENDING: own.pending(), WRITTEN: own.closed()}[status]
    tabs = [Tab(key, NAMES[key], counts[key], key == status) for key in NAMES]
    return Tabs(tabs, rows)
