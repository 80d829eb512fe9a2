"""The catalogue's own rules."""

from django.utils.translation import gettext_lazy as _

from shop import policy

policy.define(
    "low_stock",
    5,
    "units",
    _("From this stock down the product page says how many are left."),
    maximum=1000,
)
