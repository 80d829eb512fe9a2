"""The devices that an account is signed in on (row A6)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from ua_parser import parse

from accounts import identifiers
from accounts.models import Session, User
from accounts.throttle import key_of


@dataclass(frozen=True)
class Device:
    """A session as its owner may see it; `public_id` names it without its key."""

    public_id: str
    name: str
    masked_address: str
    signed_in_at: datetime | None
    is_this_one: bool


def devices_of(user: User, this_session: str | None) -> list[Device]:
    """Return the account's devices: this one, then the newest first."""
    rows = Session.objects.of(user).newest_first()
    devices = [
        Device(
            public_id=public_id_of(row),
            name=browser_name(row.browser),
            masked_address=identifiers.masked_address(row.address),
            signed_in_at=row.signed_in_at,
            is_this_one=row.session_key == this_session,
        )
        for row in rows
    ]
    return sorted(devices, key=lambda device: not device.is_this_one)


def find(user: User, public_id: str) -> Session | None:
    """Return the account's session with this public id, or None."""
    own = Session.objects.of(user)
    return next((row for row in own if public_id_of(row) == public_id), None)


def public_id_of(session: Session) -> str:
    """Return what a page may say of a session: its key would sign anybody in."""
    return key_of("session", session.session_key)[:32]


def browser_name(user_agent: str) -> str:
    """Name a browser as people do: "Chrome, Windows"."""
    seen = parse(user_agent)
    parts = [seen.user_agent, seen.os]
    names = [part.family for part in parts if part and part.family]
    return ", ".join(names) or _("An unknown browser")
