"""The rules of reviews. A running timer keeps the number it began with."""

from django.utils.translation import gettext_lazy as _

from shop import policy

policy.define(
    "review_days",
    15,
    "days",
    _("What nobody reviews within so long after receipt becomes default praise."),
    minimum=1,
    maximum=365,
)
policy.define(
    "helpful_votes_hourly",
    200,
    "tries",
    _("How many times an account may find reviews helpful, or not, within an hour."),
    minimum=1,
    maximum=100_000,
)
policy.define(
    "follow_up_days",
    180,
    "days",
    _("So long after a review, or default praise, its buyer may write a follow-up."),
    minimum=1,
    maximum=730,
)
policy.define(
    "review_edit_days",
    30,
    "days",
    _("So long after writing a review its author may change it, once."),
    minimum=1,
    maximum=365,
)
