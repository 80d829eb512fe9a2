"""A refusal is a clear "no" to somebody's wish, fit for the shopper to read.

Services raise one; `shop.middleware.RefusalMiddleware` turns it into JSON or into
a message and a redirect, as docs/contract.md says under "How pages behave".
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Refusal(Exception):
    """Base of all refusals.

    `error` is the machine word, `status` the HTTP status of the JSON answer,
    `message` the sentence for the shopper, `data` further keys of the JSON answer.
    """

    error = "refused"
    status = 409
    message: str | Promise = _("That cannot be done at the moment.")

    def __init__(self, message: str | Promise = "", **data: Any) -> None:
        self.message = message or self.message
        self.data = data
        super().__init__(self.error)

    def __str__(self) -> str:
        return str(self.message)


class LoginRequired(Refusal):
    error = "login_required"
    status = 401
    message = _("Please sign in first.")


class Throttled(Refusal):
    """Too many tries; `retry_after` says after how many seconds to come back."""

    error = "throttled"
    status = 429

    def __init__(
        self, message: str | Promise = "", *, retry_after: int, **data: Any
    ) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(message or _wait_for(self.retry_after), **data)


def _wait_for(seconds: int) -> str:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many tries. Please try again in %(minutes)d minute.",
        "Too many tries. Please try again in %(minutes)d minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}
