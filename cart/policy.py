"""The rules of the cart that staff may change."""

from django.utils.translation import gettext_lazy as _

from shop import policy

policy.define(
    "freight_fee",
    "10.00",
    "yuan",
    _("What sending an order costs the shopper."),
    maximum=1000,
    places=2,
)
policy.define(
    "freight_free_from",
    "99.00",
    "yuan",
    _("Goods from this sum on are sent free of charge."),
    maximum=100_000,
    places=2,
)
policy.define(
    "cart_lines",
    200,
    "units",
    _("How many different items a cart may hold."),
    minimum=10,
    maximum=1000,
)
policy.define(
    "visitor_carts_hourly",
    10_000,
    "tries",
    _("How many visitors' carts may begin at one network address within an hour."),
    minimum=1,
    maximum=1_000_000,
)
policy.define(
    "visitor_cart_days",
    30,
    "days",
    _("How long the cart of a visitor is kept after it was last touched."),
    minimum=1,
    maximum=365,
)
policy.define(
    "cart_reminder_hours",
    24,
    "hours",
    _("Who leaves a full cart is reminded of it after so long; 0 is never."),
    maximum=30 * 24,
)
