"""From when until when something is shown; no command has to run for it (row H4)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where something that has `is_visible`, `starts_at` and `ends_at` stands."""

    NOW = "now", pgettext_lazy("schedule", "now")
    COMING = "coming", pgettext_lazy("schedule", "coming")
    OVER = "over", pgettext_lazy("schedule", "over")
    HIDDEN = "hidden", pgettext_lazy("schedule", "switched off")


#: For a constraint: what ends, ends after it has begun.
ENDS_AFTER_START = Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))


def in_state(state: State, now: datetime) -> Q:
    """Return the condition that rows meet which are in this state at `now`."""
    over = Q(ends_at__isnull=False, ends_at__lte=now)
    conditions = {
        State.HIDDEN: Q(is_visible=False),
        State.OVER: Q(is_visible=True) & over,
        State.COMING: Q(is_visible=True, starts_at__gt=now),
        State.NOW: Q(is_visible=True, starts_at__lte=now)
        & (Q(ends_at=None) | Q(ends_at__gt=now)),
    }
    return conditions[state]


def state_at(
    now: datetime, *, is_visible: bool, starts_at: datetime, ends_at: datetime | None
) -> State:
    """Tell the state at `now`. The first moment belongs to it, the last does not."""
    if not is_visible:
        return State.HIDDEN
    if ends_at is not None and ends_at <= now:
        return State.OVER
    return State.NOW if starts_at <= now else State.COMING


def validate_year(moment: datetime) -> None:
    """Refuse years that a time zone would push out of the calendar."""
    if not 2000 <= moment.year < 2100:
        raise ValidationError(_("Choose a year from 2000 to 2099."))
