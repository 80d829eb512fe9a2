"""Outgoing messages."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop import secret_text


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    def waiting_at(self, moment: datetime) -> Self:
        """Those that are still to be sent and whose next try has come."""
        return self.filter(
            status=OutgoingMessage.Status.WAITING, next_try_at__lte=moment
        ).order_by("next_try_at", "pk")

    def failed(self) -> Self:
        return self.filter(status=OutgoingMessage.Status.FAILED)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def of_account(self, account_id: int) -> Self:
        """Those to an account; not those to a number that was another's before."""
        return self.filter(account_id=account_id)

    def to_person(self, account_id: int, recipients: Collection[str]) -> Self:
        """Those to an account, or to one of its phones and e-mails."""
        return self.filter(Q(account_id=account_id) | Q(recipient__in=recipients))

    def forget_recipients(self) -> None:
        """Wipe whom they went to. What still waits is not sent any more."""
        Status = OutgoingMessage.Status
        # By their keys: to search while writing would wait for what others write.
        keys = list(self.values_list("pk", flat=True))
        found = OutgoingMessage.objects.filter(pk__in=keys)
        found.filter(status=Status.WAITING).update(
            status=Status.EXPIRED, stored_text="", stored_words=""
        )
        found.update(recipient="")

    def claim(self, pk: int, moment: datetime, next_try_at: datetime) -> bool:
        """Reserve one try to send a message; False if somebody else has it.

        Whoever dies with the claim in hand loses it at `next_try_at`.
        """
        claimed = (
            self.waiting_at(moment)
            .filter(pk=pk)
            .order_by()
            .update(attempts=models.F("attempts") + 1, next_try_at=next_try_at)
        )
        return claimed == 1


class OutgoingMessage(models.Model):
    """A text message or mail, written in the transaction that caused it (row J7)."""

    class Channel(models.TextChoices):
        SMS = "sms", _("text message")
        MAIL = "mail", _("e-mail")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    #: Empty once the account that it went to is closed.
    recipient = models.CharField(_("recipient"), max_length=254)
    #: Whose message it is, if an account's: what counts when a number gets another
    #: owner. A plain number, as the ground knows no account.
    account_id = models.BigIntegerField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    #: The words themselves; of a secret message encrypted, and empty once it is over.
    stored_text = models.TextField(_("text"), blank=True)
    #: What filled them, as JSON, for gateways that send templates; kept the same way.
    stored_words = models.TextField(_("words"), blank=True)
    is_secret = models.BooleanField(_("holds a code"), default=False)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            # For `send_messages`: what is due, oldest first.
            models.Index(
                fields=["status", "next_try_at", "id"],
                name="shop_message_due",
            ),
            # For an account's own: its export and its closing.
            models.Index(fields=["account_id"], name="shop_message_account"),
            models.Index(fields=["recipient"], name="shop_message_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="shop_message_sent_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def text(self) -> str:
        """The words as they are sent; of a secret message that is over: nothing."""
        return self._revealed(self.stored_text)

    @property
    def words(self) -> dict[str, str]:
        """What filled the text, by name; of a secret message that is over: nothing."""
        words: dict[str, str] = json.loads(self._revealed(self.stored_words) or "{}")
        return words

    def _revealed(self, stored: str) -> str:
        return secret_text.reveal(stored) if self.is_secret else stored

    @property
    def masked_recipient(self) -> str:
        """The receiver for lists: 138****8000, z***@x.com."""
        name, at, domain = self.recipient.partition("@")
        if not name:
            return ""
        if at:
            return f"{name[:1]}***@{domain}"
        return f"{name[:3]}****{name[-4:]}"

    def pause_after(self, attempts: int) -> timedelta:
        """How long to wait for the next try after so many: 1, 4, 16 … minutes."""
        return timedelta(minutes=4 ** (attempts - 1))


class MutedTopicQuerySet(models.QuerySet["MutedTopic"]):
    def of(self, account_id: int | None) -> Self:
        """Those of an account; without one there is none."""
        return self.none() if account_id is None else self.filter(account_id=account_id)

    def about(self, topic: str) -> Self:
        return self.filter(topic=topic)


class MutedTopic(models.Model):
    """A topic of which an account wants no messages. Without a row it gets them."""

    #: A plain number, as with messages.
    account_id = models.BigIntegerField(editable=False)
    topic = models.CharField(max_length=20, editable=False)

    objects = MutedTopicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("account_id", "topic"), name="shop_muted_topic_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.topic}"
