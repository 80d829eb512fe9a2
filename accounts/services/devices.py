"""Signing devices out (row A6)."""

from accounts.models import Session, User


def end_device(session: Session) -> None:
    """Sign one device out; its next request is a visitor's."""
    Session.objects.filter(pk=session.pk).delete()


def end_other_devices(*, user: User, keep_session: str) -> int:
    """Sign out all devices of the account but one; return how many."""
    others = Session.objects.of(user).exclude(pk=keep_session)
    return others.delete()[0]
