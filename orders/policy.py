"""The rules of orders. A running order keeps the numbers it began with."""

from django.utils.translation import gettext_lazy as _

from shop import policy

policy.define(
    "unpaid_minutes",
    30,
    "min",
    _("An order that is not paid after so long closes by itself."),
    minimum=1,
    maximum=7 * 24 * 60,
)
policy.define(
    "receipt_days",
    10,
    "days",
    _("So long after the last parcel left, every item is received by itself."),
    minimum=1,
    maximum=60,
)
policy.define(
    "coupon_tries_hourly",
    20,
    "tries",
    _("An account may enter so many wrong coupon codes within an hour."),
    minimum=1,
    maximum=1000,
)
