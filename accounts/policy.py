"""The rules of accounts that staff may change."""

from django.utils.translation import gettext_lazy as _

from shop import policy

policy.define(
    "code_minutes",
    5,
    "min",
    _("How long a one-time code can be used."),
    minimum=1,
    maximum=30,
)
policy.define(
    "code_tries",
    5,
    "tries",
    _("How many times a one-time code may be typed."),
    minimum=1,
    maximum=10,
)
policy.define(
    "code_resend_seconds",
    60,
    "s",
    _("How long to wait before the next code for the same purpose."),
    minimum=10,
    maximum=600,
)
policy.define(
    "code_hourly_per_target",
    5,
    "codes",
    _("How many codes go to one phone or e-mail within an hour."),
    minimum=1,
    maximum=50,
)
policy.define(
    "code_hourly_per_address",
    20,
    "codes",
    _("How many codes one network address may ask for within an hour."),
    minimum=1,
    maximum=10_000,
)
policy.define(
    "password_changes_hourly",
    10,
    "tries",
    _("How many times an account may change its passwords within an hour."),
    minimum=1,
    maximum=1000,
)
policy.define(
    "avatar_hourly",
    30,
    "tries",
    _("How many pictures of oneself an account may send within an hour."),
    minimum=1,
    maximum=1000,
)
policy.define(
    "address_limit",
    20,
    "addresses",
    _("How many addresses an account may keep."),
    minimum=1,
    maximum=200,
)
policy.define(
    "login_tries",
    5,
    "tries",
    _("How many wrong passwords one address may type for one account."),
    minimum=1,
    maximum=100,
)
policy.define(
    "login_tries_per_address",
    20,
    "tries",
    _("How many wrong passwords one address may type for all accounts together."),
    minimum=1,
    maximum=10_000,
)
policy.define(
    "login_minutes",
    15,
    "min",
    _("Within how long wrong passwords are counted."),
    minimum=1,
    maximum=24 * 60,
)
policy.define(
    "forgot_hourly_per_address",
    10,
    "tries",
    _("How many accounts one address may name on the forgotten-password page an hour."),
    minimum=1,
    maximum=1000,
)
policy.define(
    "password_fresh_minutes",
    15,
    "min",
    _(
        "How long after typing the password one may change phone or e-mail, and staff "
        "give rights, refund, change these rules or read personal data, without "
        "typing it again."
    ),
    minimum=1,
    maximum=12 * 60,
)
policy.define(
    "staff_second_factor",
    0,
    "level",
    _(
        "Who must have a second factor: 0 nobody, it is up to each; 1 superusers; "
        "2 everybody who works here. Whoever has one is asked for it in any case."
    ),
    minimum=0,
    maximum=2,
)
policy.define(
    "export_daily",
    5,
    "tries",
    _("How many times an account may download its data within a day."),
    minimum=1,
    maximum=100,
)
