"""The shop's own rules: numbers with bounds that staff may change.

Each app defines its rules in its `policy.py`. A rule without a row has its default.
Timers copy the number onto the order when they start, so that a later change never
moves what is already running (docs/order-life-cycle.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.signals import post_migrate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shop import changes, journal
from shop.models import Policy

#: Found by makemessages here. The command prints a unit as it is, the admin translated.
UNITS = (
    pgettext_lazy("unit", "addresses"),
    pgettext_lazy("unit", "codes"),
    pgettext_lazy("unit", "days"),
    pgettext_lazy("unit", "hours"),
    pgettext_lazy("unit", "level"),
    pgettext_lazy("unit", "min"),
    pgettext_lazy("unit", "s"),
    pgettext_lazy("unit", "tries"),
    pgettext_lazy("unit", "units"),
    pgettext_lazy("unit", "yuan"),
)


@dataclass(frozen=True)
class Rule:
    """A rule's name, default, bounds and unit.

    `places` is 2 for money and 0 for a whole number.
    """

    name: str
    default: Decimal
    unit: str
    minimum: Decimal
    maximum: Decimal
    help_text: str | Promise
    places: int = 0

    def parse(self, text: str) -> Decimal:
        """Read a value; raise ValidationError when it is no number or out of bounds."""
        try:
            number = Decimal(text.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValidationError(_("Enter a number."))
        if not self.minimum <= number <= self.maximum:
            raise ValidationError(
                _("Enter a number from %(minimum)s to %(maximum)s."),
                params={"minimum": self.minimum, "maximum": self.maximum},
            )
        if number != round(number, self.places):
            raise ValidationError(
                _("At most %(places)s decimal places."), params={"places": self.places}
            )
        return number

    def written(self, number: Decimal) -> str:
        """Write a value the way it is stored and printed."""
        return f"{number:.{self.places}f}"


_rules: dict[str, Rule] = {}


def define(
    name: str,
    default: int | str,
    unit: str,
    help_text: str | Promise,
    *,
    minimum: int = 0,
    maximum: int,
    places: int = 0,
) -> None:
    """Add a rule; called from an app's `policy.py`."""
    _rules[name] = Rule(
        name=name,
        default=Decimal(default),
        unit=unit,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        help_text=help_text,
        places=places,
    )


def rules() -> list[Rule]:
    """Return all rules, by name."""
    return [_rules[name] for name in sorted(_rules)]


def rule(name: str) -> Rule:
    """Return one rule; KeyError when there is none."""
    return _rules[name]


def whole(name: str) -> int:
    """Return a rule's present value, a whole number of its unit."""
    return int(amount(name))


def amount(name: str) -> Decimal:
    """Return a rule's present value, as a Decimal."""
    return amounts([name])[name]


def amounts(names: Iterable[str]) -> dict[str, Decimal]:
    """Return several rules' present values with one query."""
    wanted = {name: _rules[name] for name in names}
    rows = Policy.objects.filter(pk__in=wanted).values_list("name", "value")
    stored = dict(rows)
    return {
        name: Decimal(stored[name]) if name in stored else rule.default
        for name, rule in wanted.items()
    }


def column(name: str) -> Coalesce:
    """Return a rule's present value, as text, for a query that is made anyhow."""
    stored = Policy.objects.filter(pk=name).values("value")
    rule = _rules[name]
    return Coalesce(Subquery(stored), Value(rule.written(rule.default)))


def change(name: str, text: str) -> Decimal:
    """Give a rule a new value. Raises KeyError, or ValidationError out of bounds."""
    rule = _rules[name]
    number = rule.parse(text)
    old, new = rule.written(amount(name)), rule.written(number)
    with transaction.atomic():
        row, _created = Policy.objects.update_or_create(
            name=name, defaults={"value": new}
        )
        if old != new:
            journal.record(
                journal.Kind.RULE_CHANGED, about=row, note=f"{old} → {new} {rule.unit}"
            )
            changes.changed("policy", [name])
    return number


def _write_missing_rows(**kwargs: Any) -> None:
    # After `migrate`, so that staff find every rule in the admin.
    Policy.objects.bulk_create(
        [Policy(name=r.name, value=r.written(r.default)) for r in rules()],
        ignore_conflicts=True,
    )


post_migrate.connect(_write_missing_rows, sender=apps.get_app_config("shop"))
