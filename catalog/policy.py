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
policy.define(
    "favourites_limit",
    500,
    "units",
    _("How many favourites an account may have."),
    minimum=1,
    maximum=5000,
)
policy.define(
    "purchase_limit",
    99,
    "units",
    _("How many units of one variant a shopper may buy; 0 is no limit."),
    maximum=9999,
)
policy.define(
    "searches_per_minute",
    3000,
    "tries",
    _(
        "How many searches one network address may make within a minute; what was "
        "found for somebody else just now is not counted."
    ),
    minimum=10,
    maximum=1_000_000,
)
policy.define(
    "suggestions_per_minute",
    6000,
    "tries",
    _("The same of what completes the words in the search field."),
    minimum=10,
    maximum=1_000_000,
)
policy.define(
    "alert_days",
    180,
    "days",
    _("How long somebody waits to be told that a product is back or costs less."),
    minimum=1,
    maximum=3650,
)
policy.define(
    "alert_limit",
    200,
    "units",
    _("For how many of these an account may wait."),
    minimum=1,
    maximum=5000,
)
