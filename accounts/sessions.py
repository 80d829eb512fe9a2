"""Where sessions live: Django's sessions in the database, with their device beside.

`SESSION_ENGINE` names this module.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from accounts.models.sessions import Session
from shop import clock
from shop.network import address_of

#: Where the session's data keeps what the row copies.
DEVICE_KEY = "device"


class SessionStore(db.SessionStore):
    """Writes beside the data whose session it is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        if not isinstance(row, Session):
            raise TypeError(row)
        device = data.get(DEVICE_KEY)
        if SESSION_KEY in data and device:
            row.user_id = int(data[SESSION_KEY])
            row.browser, row.address = device["browser"], device["address"]
            row.signed_in_at = datetime.fromisoformat(device["at"])
        return row


def remember_where(request: HttpRequest) -> None:
    """Note in the session, once signed in, from where that was."""
    request.session[DEVICE_KEY] = {
        "browser": request.headers.get("User-Agent", "")[:200],
        "address": address_of(request),
        "at": clock.now().isoformat(),
    }
