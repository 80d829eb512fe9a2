"""Sending the messages of the outbox: one try each, what became of it, and the clock.

Nobody sends one twice at once: a try is claimed before it is made.
"""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from shop import clock, due, mail, sms
from shop.messages import NotSent, Topic, Undeliverable, is_farewell, kind_named
from shop.models import MutedTopic, OutgoingMessage

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status


def deliver(pk: int) -> bool:
    """Try to send one waiting message; False when it was not sent this time."""
    now = clock.now()
    # Until then nobody else tries; it is also the pause before the next try.
    until = now + timedelta(minutes=1)
    if not OutgoingMessage.objects.claim(pk, now, until):
        return False
    message = OutgoingMessage.objects.get(pk=pk)
    is_late = message.expires_at is not None and message.expires_at <= now
    if is_late or _is_unwanted(message):
        close(message, Status.EXPIRED)
        return False
    try:
        _send(message)
    except Undeliverable as error:
        _give_up(message, error)
        return False
    except (OSError, NotSent) as error:
        _put_off(message, error)
        return False
    close(message, Status.SENT)
    return True


def close(message: OutgoingMessage, status: OutgoingMessage.Status) -> None:
    """Write that a message is over; a secret one loses its text."""
    message.status = status
    message.sent_at = clock.now() if status == Status.SENT else None
    message.error = ""
    # With DEBUG on, /dev/messages/ shows what was sent, codes too.
    if message.is_secret and not settings.DEBUG:
        message.stored_text = message.stored_words = ""
    _save_outcome(message)


def has_muted(account_id: int | None, topic: Topic) -> bool:
    """Tell whether an account has switched a topic off."""
    return MutedTopic.objects.of(account_id).about(topic.name).exists()


def _is_unwanted(message: OutgoingMessage) -> bool:
    # Switched off, or overtaken by what was done, while it waited.
    kind = kind_named(message.kind)
    if kind is None:
        return False
    if kind.topic and has_muted(message.account_id, kind.topic):
        return True
    is_so = kind.is_so
    return is_so is not None and not is_so(message.account_id, message.words)


def _send(message: OutgoingMessage) -> None:
    if message.channel == Channel.MAIL:
        mail.send(
            subject=message.subject, text=message.text, recipient=message.recipient
        )
        return
    sms.send(
        sms.TextMessage(
            receiver=message.recipient,
            text=message.text,
            kind=message.kind,
            language=message.language,
            words=message.words,
            is_secret=message.is_secret,
            number=str(message.pk),
        )
    )


def _put_off(message: OutgoingMessage, error: Exception) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        _give_up(message, error)
        return
    message.error = _name_of(error)
    message.next_try_at = clock.now() + message.pause_after(message.attempts)
    logger.warning("message %s not sent: %s", message.pk, message.error)
    _save_outcome(message)


def _give_up(message: OutgoingMessage, error: Exception) -> None:
    message.status, message.error = Status.FAILED, _name_of(error)
    if message.is_secret:
        message.stored_text = message.stored_words = ""
    logger.warning("message %s given up: %s", message.pk, message.error)
    _save_outcome(message)


def _name_of(error: Exception) -> str:
    if isinstance(error, NotSent):
        return str(error) or type(error).__name__
    # The error's own words may quote the text; its name and number do not.
    return f"{type(error).__name__} {getattr(error, 'errno', None) or ''}".strip()


def _save_outcome(message: OutgoingMessage) -> None:
    columns = [
        "status",
        "sent_at",
        "error",
        "next_try_at",
        "stored_text",
        "stored_words",
    ]
    is_over = message.status != Status.WAITING
    # With DEBUG on, /dev/messages/ shows whom it went to.
    if is_over and is_farewell(message.kind) and not settings.DEBUG:
        message.recipient = ""
        columns.append("recipient")
    message.save(update_fields=columns)


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
        raise NotSent(f"message {pk} was not sent")
    return False
