"""The second factor of staff: an app that makes six digits, and codes for its loss.

django-otp's own devices keep the key and the recovery codes as they are; whoever
reads these tables opens no door (docs/decisions/0009-second-factor.md).
"""

import base64
import hashlib
import hmac
import re
import secrets
from time import time
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from shop import clock, secret_text

KEY_BYTES = 20
#: A phone's clock may be so many steps of half a minute off, either way.
TOLERANCE = 1
#: After so many wrong tokens in a row the pause grows no more: 2 ** 9 seconds. The
#: owner, too, has to wait for it.
MOST_FAILURES = 10
TOKEN = re.compile("[0-9]{6}", re.ASCII)


class Authenticator(ThrottlingMixin, Device):
    """The app on somebody's phone, by a key that both know. One an account.

    `confirmed` once a first token was right; before that it asks for nothing.
    """

    #: In base32, encrypted.
    hidden_key = models.CharField(max_length=255, editable=False)
    #: The half minute of the newest token that was used: none up to it works again.
    last_step = models.BigIntegerField(default=-1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="accounts_one_authenticator_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"authenticator of account {self.user_id}"

    @staticmethod
    def new_key() -> str:
        """Return a key of its own, ready to be stored."""
        key = secrets.token_bytes(KEY_BYTES)
        return secret_text.hide(base64.b32encode(key).decode())

    @property
    def key(self) -> str:
        """The key in base32, as apps take it; empty when it cannot be read any more."""
        return secret_text.reveal(self.hidden_key)

    def verify_token(self, token: str) -> bool:
        """Tell whether these six digits, or this recovery code, open the door now.

        Each opens it once, so the row must be locked.
        """
        allowed, _reason = self.verify_is_allowed()  # type: ignore[no-untyped-call]
        if not allowed:
            return False
        is_right = self._fits(token) or self._spend(token)
        if is_right:
            self.throttle_reset(commit=False)  # type: ignore[no-untyped-call]
        else:
            self.throttle_increment(commit=False)
        self.save()
        return is_right

    def get_throttle_factor(self) -> int:
        return 1

    def throttle_increment(self, commit: bool = True) -> None:
        super().throttle_increment(commit=False)  # type: ignore[no-untyped-call]
        count = min(self.throttling_failure_count, MOST_FAILURES)
        self.throttling_failure_count = count
        if commit:
            self.save()

    def _fits(self, token: str) -> bool:
        # An empty key, of which everybody knows the tokens, is none.
        if not self.key or not TOKEN.fullmatch(token):
            return False
        totp = TOTP(base64.b32decode(self.key))
        # The phone's clock knows nothing of the shop's, which may be set.
        totp.time = time()
        if not totp.verify(int(token), TOLERANCE, self.last_step + 1):
            return False
        self.last_step = totp.t()
        return True

    def _spend(self, code: str) -> bool:
        return self.recovery_codes.spend(self, code)


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    def spend(self, authenticator: Authenticator, code: str) -> bool:
        """Use a code up, or return False when it is none of those left."""
        digest = digest_of(authenticator, code)
        spent, _by_model = self.filter(digest=digest).delete()
        return spent == 1

    def of(self, authenticator: Authenticator) -> Self:
        return self.filter(authenticator=authenticator)


class RecoveryCode(models.Model):
    """One of the codes that stand in for a lost phone. Used, it is gone."""

    authenticator = models.ForeignKey(
        Authenticator, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authenticator", "digest"],
                name="accounts_recovery_code_is_there_once",
            ),
        ]

    def __str__(self) -> str:
        return f"recovery code #{self.pk}"


def digest_of(authenticator: Authenticator, code: str) -> str:
    """Return what is stored of a recovery code.

    With almost 80 bits it cannot be guessed, so it needs no slow hash; and without
    the SECRET_KEY in it, the codes still open the door after that was lost.
    """
    salt = f"recovery code of {authenticator.pk}".encode()
    return hmac.new(salt, code.encode(), hashlib.sha256).hexdigest()
