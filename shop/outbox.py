"""Messages leave through rows, written with the change that causes them.

They are sent when it commits. Killed between commit and sending: `run_due`
(send_messages) sends it. Killed between sending and marking: it goes out once more,
never not at all (row M9).
"""

import logging
import smtplib
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation

from shop import clock, due, secret_text, sms
from shop.messages import Kind
from shop.models import OutgoingMessage

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status


def write(
    kind: Kind,
    *,
    channel: OutgoingMessage.Channel,
    recipient: str,
    language: str,
    expires_at: datetime | None = None,
    **words: Any,
) -> OutgoingMessage:
    """Write a message in the receiver's language; it is sent on commit.

    `words` fill the kind's text. After `expires_at` it is not sent any more.
    """
    with translation.override(language):
        subject, text = str(kind.subject) % words, str(kind.text) % words
    now = clock.now()
    message = OutgoingMessage.objects.create(
        kind=kind.name,
        channel=channel,
        recipient=recipient,
        language=language,
        subject=subject,
        stored_text=secret_text.hide(text) if kind.is_secret else text,
        is_secret=kind.is_secret,
        next_try_at=now,
        expires_at=expires_at,
        created_at=now,
    )
    # robust: what was committed stands, whatever becomes of the message.
    transaction.on_commit(partial(deliver, message.pk), robust=True)
    return message


def deliver(pk: int) -> bool:
    """Try to send one waiting message; False when it was not sent this time."""
    now = clock.now()
    # Until then nobody else tries; it is also the pause before the next try.
    until = now + timedelta(minutes=1)
    if not OutgoingMessage.objects.claim(pk, now, until):
        return False
    message = OutgoingMessage.objects.get(pk=pk)
    if message.expires_at and message.expires_at <= now:
        _close(message, Status.EXPIRED)
        return False
    try:
        _send(message)
    except (OSError, smtplib.SMTPException, sms.NotSent) as error:
        _put_off(message, error)
        return False
    _close(message, Status.SENT)
    return True


def resend(message: OutgoingMessage) -> None:
    """Send a message again that is over; a secret one cannot be, its text is gone."""
    OutgoingMessage.objects.filter(pk=message.pk, is_secret=False).exclude(
        status=Status.WAITING
    ).update(status=Status.WAITING, attempts=0, next_try_at=clock.now(), sent_at=None)
    transaction.on_commit(partial(deliver, message.pk), robust=True)


def _send(message: OutgoingMessage) -> None:
    if message.channel == Channel.SMS:
        sms.send(message.recipient, message.text)
    else:
        EmailMessage(message.subject, message.text, to=[message.recipient]).send()


def _close(message: OutgoingMessage, status: OutgoingMessage.Status) -> None:
    message.status = status
    message.sent_at = clock.now() if status == Status.SENT else None
    message.error = ""
    # With DEBUG on, /dev/messages/ shows what was sent, codes too.
    if message.is_secret and not settings.DEBUG:
        message.stored_text = ""
    message.save(update_fields=["status", "sent_at", "error", "stored_text"])


def _put_off(message: OutgoingMessage, error: Exception) -> None:
    # The error's own words may quote the text; its name and number do not.
    message.error = (
        f"{type(error).__name__} {getattr(error, 'errno', None) or ''}".strip()
    )
    logger.warning("message %s not sent: %s", message.pk, message.error)
    if message.attempts >= MOST_ATTEMPTS:
        message.status = Status.FAILED
        message.stored_text = "" if message.is_secret else message.stored_text
    message.next_try_at = clock.now() + message.pause_after(message.attempts)
    message.save(update_fields=["error", "status", "next_try_at", "stored_text"])


@due.task("send_messages")
def messages_to_send(moment: datetime, limit: int) -> list[due.Deed]:
    """Find the messages that were not sent on commit, or are to be tried again."""
    waiting = OutgoingMessage.objects.waiting_at(moment).values_list("pk", flat=True)
    return [
        # It leaves now, whenever it was to leave: the pause is counted from here.
        due.Deed("send_messages", pk, moment, partial(_deliver_or_fail, pk))
        for pk in waiting[:limit]
    ]


def _deliver_or_fail(pk: int) -> bool:
    if deliver(pk):
        return True
    left = OutgoingMessage.objects.filter(pk=pk).exclude(error="")
    if left.filter(status__in=(Status.WAITING, Status.FAILED)).exists():
        raise sms.NotSent(f"message {pk} was not sent")
    return False
