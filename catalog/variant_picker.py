"""The buttons that lead from one variant of a product to another (row C2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Product, Variant
from catalog.templatetags.catalog import words

#: The columns that name a variant, and each one's other half.
OPTIONS = (("option1", "option2"), ("option2", "option1"))


@dataclass(frozen=True)
class Choice:
    """A value of one option, the variant that it leads to, and whether one can buy it.

    Where no variant has this value beside the other chosen one, it leads to the
    nearest that there is.
    """

    label: str
    variant: Variant
    is_chosen: bool
    is_sold_out: bool
    is_missing: bool

    @property
    def state(self) -> str:
        """`available`, `sold_out` or `missing`, as the page marks it."""
        if self.is_sold_out:
            return "sold_out"
        return "missing" if self.is_missing else "available"


@dataclass(frozen=True)
class OptionGroup:
    """One option, such as colour, with its values."""

    name: str
    choices: list[Choice]


def option_groups(
    product: Product, variants: list[Variant], chosen: Variant
) -> list[OptionGroup]:
    """Return the options that the variants have, each value as a button."""
    groups = []
    for this, other in OPTIONS:
        if any(_value(variant, this) for variant in variants):
            name = words(product, f"{this}_name") or _("Version")
            choices = list(_choices(variants, chosen, this, other))
            groups.append(OptionGroup(name, choices))
    return groups


def _choices(
    variants: list[Variant], chosen: Variant, this: str, other: str
) -> Iterator[Choice]:
    by_value: dict[str, list[Variant]] = {}
    for variant in variants:
        by_value.setdefault(_value(variant, this), []).append(variant)
    for value, sisters in by_value.items():
        nearest = min(sisters, key=lambda v: _distance(v, chosen, other))
        yield Choice(
            label=words(nearest, this) or _("none"),
            variant=nearest,
            is_chosen=value == _value(chosen, this),
            # Just this combination, or all that there are of this value.
            is_sold_out=not nearest.stock,
            is_missing=_value(nearest, other) != _value(chosen, other),
        )


def _distance(variant: Variant, chosen: Variant, other: str) -> tuple[bool, bool, int]:
    is_other = _value(variant, other) != _value(chosen, other)
    return is_other, not variant.stock, variant.pk


def _value(variant: Variant, option: str) -> str:
    # The Chinese text is always there, and tells the variants apart.
    return str(getattr(variant, f"{option}_zh"))
