"""Messages leave through rows, written with the change that causes them.

They are sent when it commits. Killed between commit and sending: `run_due`
(send_messages) sends it. Killed between sending and marking: it goes out once more,
never not at all (row M9).
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation

from shop import clock, links, secret_text
from shop.delivery import close, deliver, has_muted
from shop.messages import Kind
from shop.models import MutedTopic, OutgoingMessage
from shop.retry import after_commit

#: So many rows go in one statement.
BATCH = 200
Status = OutgoingMessage.Status

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
    if kind.topic and has_muted(account_id, kind.topic):
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
        close(message, Status.SENT)
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
