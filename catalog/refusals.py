"""The clear "no" of the catalogue."""

from typing import Self

from django.forms import Form
from django.utils.translation import gettext_lazy as _

from shop.refusals import Refusal


class BadRequest(Refusal):
    """What was sent is nothing that a button of the shop sends."""

    error = "invalid"
    status = 400

    @classmethod
    def of(cls, form: Form) -> Self:
        fields = {name: [str(e) for e in found] for name, found in form.errors.items()}
        return cls(next(iter(fields.values()))[0], fields=fields)


class FavouritesFull(Refusal):
    """The account has as many favourites as it may; the JSON has `limit`."""

    error = "favourites_full"


class AlertsFull(Refusal):
    """The account has as many alerts as it may; the JSON has `limit`."""

    error = "alerts_full"


class StillInStock(Refusal):
    """Nobody need wait for what can be bought."""

    error = "in_stock"
    message = _("It is in stock: you can buy it now.")


class CompareFull(Refusal):
    error = "compare_full"
    message = _("Four products fit side by side. Please take one out first.")


class OtherCategory(Refusal):
    error = "other_category"
    message = _(
        "You are comparing products of another category. Please compare or clear them "
        "first."
    )
