"""Messages leave through rows, written with the change that causes them.

They are sent when it commits. Killed between commit and sending: `run_due`
(send_messages) sends it. Killed between sending and marking: it goes out once more,
never not at all (row M9).
"""

import json
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import translation

from shop import clock, due, links, mail, secret_text, sms
from shop.messages import (
    Kind,
    NotSent,
    Topic,
    Undeliverable,
    is_farewell,
    kind_named,
)
from shop.models import MutedTopic, OutgoingMessage
from shop.retry import after_commit

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
#: So many rows go in one statement.
BATCH = 200
Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status

_is_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@dataclass(frozen=True)
class Letter:
    """To whom a message goes, and the words that fill its text."""

    channel: OutgoingMessage.Channel
    recipient: str
    language: str
    account_id: int | None = None
    expires_at: datetime | None = None
    words: dict[str, Any] = field(default_factory=dict)


def write(
    kind: Kind,
    *,
    channel: OutgoingMessage.Channel,
    recipient: str,
    language: str,
    account_id: int | None = None,
    expires_at: datetime | None = None,
    **words: Any,
) -> OutgoingMessage | None:
    """Write a message in the receiver's language; it is sent on commit.

    `words` fill the kind's text, and are kept beside it for gateways that send
    templates. `account_id` is whose message it is: its owner can export it. After
    `expires_at` it is not sent any more. None: the account has switched it off.
    """
    if kind.topic and _has_muted(account_id, kind.topic):
        return None
    letter = Letter(channel, recipient, language, account_id, expires_at, words)
    message = _composed(kind, letter)
    message.save(force_insert=True)
    _deliver_on_commit(message)
    return message


def write_many(kind: Kind, letters: Collection[Letter]) -> None:
    """Write a kind of message to many at once; they leave with `send_messages`.

    Who has switched it off gets none.
    """
    muted: set[int] = set()
    if kind.topic:
        ids = [letter.account_id for letter in letters if letter.account_id]
        rows = MutedTopic.objects.about(kind.topic.name).filter(account_id__in=ids)
        muted = set(rows.values_list("account_id", flat=True))
    OutgoingMessage.objects.bulk_create(
        [_composed(kind, each) for each in letters if each.account_id not in muted],
        batch_size=BATCH,
    )


def _deliver_on_commit(message: OutgoingMessage) -> None:
    if _is_quiet.get():
        _close(message, Status.SENT)
    else:
        after_commit(deliver, message.pk)


@contextmanager
def quietly() -> Iterator[None]:
    """Let nothing that is written inside leave: its receivers are made up (demo)."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


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
        _close(message, Status.EXPIRED)
        return False
    try:
        _send(message)
    except Undeliverable as error:
        _give_up(message, error)
        return False
    except (OSError, NotSent) as error:
        _put_off(message, error)
        return False
    _close(message, Status.SENT)
    return True


def resend(message: OutgoingMessage) -> None:
    """Send a message again that is over; a secret one cannot be, its text is gone."""
    OutgoingMessage.objects.filter(pk=message.pk, is_secret=False).exclude(
        status=Status.WAITING
    ).exclude(recipient="").update(
        status=Status.WAITING, attempts=0, next_try_at=clock.now(), sent_at=None
    )
    after_commit(deliver, message.pk)


def _composed(kind: Kind, letter: Letter) -> OutgoingMessage:
    """Return a message that is not written yet, in its receiver's language."""
    words = dict(letter.words)
    with translation.override(letter.language):
        if kind.topic and letter.account_id:
            words["off"] = links.off_address(letter.account_id, kind.topic.name)
        subject, text = str(kind.subject) % words, str(kind.text) % words
        said = {name: str(value) for name, value in words.items()}
    keep = secret_text.hide if kind.is_secret else str
    now = clock.now()
    return OutgoingMessage(
        kind=kind.name,
        channel=letter.channel,
        recipient=letter.recipient,
        account_id=letter.account_id,
        language=letter.language,
        subject=subject,
        stored_text=keep(text),
        stored_words=keep(json.dumps(said, ensure_ascii=False)),
        is_secret=kind.is_secret,
        next_try_at=now,
        expires_at=letter.expires_at,
        created_at=now,
    )


def _is_unwanted(message: OutgoingMessage) -> bool:
    # Switched off, or overtaken by what was done, while it waited.
    kind = kind_named(message.kind)
    if kind is None:
        return False
    if kind.topic and _has_muted(message.account_id, kind.topic):
        return True
    is_so = kind.is_so
    return is_so is not None and not is_so(message.account_id, message.words)


def _has_muted(account_id: int | None, topic: Topic) -> bool:
    return MutedTopic.objects.of(account_id).about(topic.name).exists()


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


def _close(message: OutgoingMessage, status: OutgoingMessage.Status) -> None:
    message.status = status
    message.sent_at = clock.now() if status == Status.SENT else None
    message.error = ""
    # With DEBUG on, /dev/messages/ shows what was sent, codes too.
    if message.is_secret and not settings.DEBUG:
        message.stored_text = message.stored_words = ""
    _save_outcome(message)


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
