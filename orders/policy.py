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
    "ship_hours",
    48,
    "hours",
    _("So long after its payment an order should have been shipped; then it is late."),
    minimum=1,
    maximum=30 * 24,
)
policy.define(
    "ship_reminder_hours",
    24,
    "hours",
    _("A buyer may ask again to ship soon after so long."),
    minimum=1,
    maximum=30 * 24,
)
policy.define(
    "tracking_minutes",
    120,
    "min",
    _("How long the shop waits before it asks a carrier again where a parcel is."),
    minimum=10,
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
    "top_up_minimum",
    1,
    "yuan",
    _("The least that a wallet is topped up with at a time."),
    minimum=1,
    maximum=100_000,
)
policy.define(
    "top_up_maximum",
    50_000,
    "yuan",
    _("The most that a wallet is topped up with at a time."),
    minimum=1,
    maximum=1_000_000,
)
policy.define(
    "top_up_minutes",
    30,
    "min",
    _("How long a top-up can be paid at the gateway."),
    minimum=5,
    maximum=24 * 60,
)
policy.define(
    "top_up_hourly",
    20,
    "tries",
    _("How many times an account may begin a top-up within an hour."),
    minimum=1,
    maximum=1000,
)
policy.define(
    "orders_hourly",
    2000,
    "tries",
    _("How many times an account may place an order within an hour."),
    minimum=1,
    maximum=1_000_000,
)
policy.define(
    "coupon_tries_hourly",
    20,
    "tries",
    _("An account may enter so many wrong coupon codes within an hour."),
    minimum=1,
    maximum=1000,
)
