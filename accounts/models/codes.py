"""One-time codes, and the phones and e-mails that they went to."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class CodeTarget(models.Model):
    """A phone or e-mail that codes went to, as a digest.

    Its row is what two requests for a code at once queue up at, so that both see how
    many were sent before.
    """

    target = models.CharField(max_length=254, primary_key=True)

    def __str__(self) -> str:
        return f"target of codes {self.pk}"


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def sent_to(self, target: str, since: datetime) -> Self:
        """Those that went to a target after `since`, for whatever purpose."""
        return self.filter(target=target, created_at__gt=since)

    def live_at(self, moment: datetime) -> Self:
        """Codes that may still be tried."""
        return self.filter(expires_at__gt=moment, is_over=False, tries_left__gt=0)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def reserve_try(self, pk: int, moment: datetime) -> bool:
        """Take one try before looking at the digits; False when there is none left."""
        # Counted afterwards, fifty guesses at once would all be looked at.
        reserved = self.live_at(moment).filter(pk=pk)
        return reserved.update(tries_left=F("tries_left") - 1) == 1

    def spend(self, pk: int, moment: datetime) -> bool:
        """Use a code up; False when somebody has, or when it is too late."""
        unspent = self.filter(pk=pk, is_over=False, expires_at__gt=moment)
        return unspent.update(is_over=True) == 1


class OneTimeCode(models.Model):
    """Six digits sent to a phone or e-mail, for one purpose in one session (row A2)."""

    class Purpose(models.TextChoices):
        REGISTER = "register", _("registration")
        RESET = "reset", _("new password")
        BIND_EMAIL = "bind_email", _("bound e-mail")
        CHANGE_PHONE = "change_phone", _("other phone")
        PAYMENT_PASSWORD = "payment_password", _("payment password")

    purpose = models.CharField(max_length=20, choices=Purpose)
    #: A digest of the phone or e-mail that the code went to.
    target = models.CharField(max_length=254)
    #: A digest of the asking session's mark; another session cannot use the code.
    session = models.CharField(max_length=64)
    #: HMAC of the digits under the SECRET_KEY; the digits are stored nowhere.
    digest = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    is_over = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        indexes = [
            models.Index(
                fields=["target", "created_at"],
                name="accounts_code_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.pk}"
