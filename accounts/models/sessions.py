"""Sessions as rows that know whose they are, so that a shopper can end one."""

from typing import ClassVar, Self

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import User


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: User) -> Self:
        """Those in which this account is signed in, but those that ran out."""
        # Sessions keep the machine's time (docs/contract.md, CLOCK_OFFSET).
        return self.filter(user=user, expire_date__gt=timezone.now())

    def newest_first(self) -> Self:
        return self.order_by("-signed_in_at", "session_key")


class Session(AbstractBaseSession):
    """A session. What is not in its data are copies, for the list of devices."""

    #: No constraint in the database: its check would lock the account whenever a
    #: session is written, and sessions go away by themselves.
    user = models.ForeignKey(
        User, models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    #: The browser's name for itself, and the network address it signed in from.
    browser = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=50, blank=True)
    signed_in_at = models.DateTimeField(null=True)

    objects: ClassVar = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> type:
        # By its name: that module imports this one.
        store: type = import_string("accounts.sessions.SessionStore")
        return store
