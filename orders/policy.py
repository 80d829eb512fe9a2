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
    "pay_reminder_minutes",
    10,
    "min",
    _("Who has not paid is reminded so long before the order closes; 0 is never."),
    maximum=24 * 60,
)
policy.define(
    "review_reminder_days",
    7,
    "days",
    _("Who has reviewed nothing is reminded so long after an order; 0 is never."),
    maximum=60,
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
    "receipt_reminder_hours",
    24,
    "hours",
    _("So long before receipt by itself the buyer is reminded."),
    minimum=1,
    maximum=7 * 24,
)
policy.define(
    "receipt_extension_days",
    3,
    "days",
    _("So much longer may a buyer, once, take to receive an order."),
    minimum=1,
    maximum=30,
)
policy.define(
    "receipt_extension_window_days",
    3,
    "days",
    _("The extension is offered so long before receipt by itself."),
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

policy.define(
    "refund_unsent_hours",
    48,
    "hours",
    _("A refund of what was not sent is agreed to if nobody answers for so long."),
    minimum=1,
    maximum=30 * 24,
)
policy.define(
    "refund_sent_days",
    3,
    "days",
    _("A request after shipping is agreed to if nobody answers for so long."),
    minimum=1,
    maximum=30,
)
policy.define(
    "after_sale_days",
    7,
    "days",
    _("For so long after its receipt an item can be returned."),
    minimum=7,
    maximum=90,
)
policy.define(
    "exchange_days",
    15,
    "days",
    _("Until so long after its receipt an item with a fault can be exchanged."),
    minimum=15,
    maximum=365,
)
policy.define(
    "send_back_days",
    7,
    "days",
    _("A return that was agreed to is closed if nothing is sent back for so long."),
    minimum=1,
    maximum=60,
)
policy.define(
    "confirm_return_days",
    10,
    "days",
    _("A returned parcel that nobody confirms for so long is refunded."),
    minimum=1,
    maximum=60,
)
