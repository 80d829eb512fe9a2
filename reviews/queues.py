"""What staff should read of the reviews; the desk counts it, the admin lists it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import FollowUp, Review
from reviews.models.querysets import ReviewQuerySet
from shop import clock

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Queue:
    title: str | Promise
    rows: Callable[[], ReviewQuerySet]


def held() -> ReviewQuerySet:
    """Return the reviews that wait, themselves, their follow-up or their reply."""
    later = Q(follow_up__state=FollowUp.State.HELD) | Q(reply__held_words__gt="")
    return Review.objects.filter(Q(state=Review.State.HELD) | later)


def bad_lately() -> ReviewQuerySet:
    """Return the bad reviews of the last 30 days."""
    return Review.objects.bad_since(clock.now() - LATELY)


def bad_without_reply() -> ReviewQuerySet:
    """Return those of them that everybody reads and the shop has not answered."""
    return bad_lately().written().unanswered()


QUEUES = {
    "held": Queue(_("held by the word list"), held),
    "unanswered": Queue(_("bad ones of the last 30 days, no reply"), bad_without_reply),
    "bad": Queue(_("bad ones of the last 30 days"), bad_lately),
}
