"""The journal: who did what that must be traceable, when, from where (row A11).

    journal.record(Kind.PRICE_CHANGED, about=variant, note="6999.00 → 6499.00")

Called in the transaction of the deed, so that both are there or neither. Who asks, and
from where, it knows by itself, from the request at work. A note says what changed; it
never holds a secret, a phone, an e-mail or a name.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.http import HttpRequest

from shop import clock
from shop.logs import current_request_id
from shop.models import JournalEntry
from shop.network import address_of

Kind = JournalEntry.Kind

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@contextmanager
def asked_by(request: HttpRequest) -> Iterator[None]:
    """Let what is recorded inside the block name this request's sender."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def record(
    kind: JournalEntry.Kind,
    *,
    about: models.Model | None = None,
    note: str = "",
    actor: AbstractBaseUser | None = None,
) -> None:
    """Write an entry. `actor` only if it is not who is signed in."""
    JournalEntry.objects.create(**_columns(kind, about, note, actor))


def record_each(
    kind: JournalEntry.Kind, notes: Iterable[tuple[models.Model, str]]
) -> None:
    """Write an entry for each thing with its note, many in one statement."""
    entries = [JournalEntry(**_columns(kind, *each)) for each in notes]
    JournalEntry.objects.bulk_create(entries, batch_size=500)


def one_line(text: str) -> str:
    """Return the text without what could forge a second line, or hide a part."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _columns(
    kind: JournalEntry.Kind,
    about: models.Model | None,
    note: str,
    actor: AbstractBaseUser | None = None,
) -> dict[str, Any]:
    request = _request.get()
    return {
        "at": clock.now(),
        "kind": kind,
        "actor_id": _key(actor) or _signed_in(request),
        "address": address_of(request) if request else "",
        "object_type": about._meta.label_lower if about else "",
        "object_id": str(about.pk) if about else "",
        "object_name": _name_of(about),
        "note": one_line(note)[:300],
        "request_id": current_request_id() if request else "",
    }


def _key(actor: AbstractBaseUser | None) -> int | None:
    return actor.pk if actor else None


def _signed_in(request: HttpRequest | None) -> int | None:
    user = getattr(request, "user", None)
    return user.pk if user is not None else None


def _name_of(about: models.Model | None) -> str:
    # Of an account its key is enough: a name would outlive its closing.
    if about is None or isinstance(about, AbstractBaseUser):
        return ""
    return one_line(str(about))[:100]
