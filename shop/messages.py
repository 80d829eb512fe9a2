"""The kinds of messages that the shop sends; each app names its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


class NotSent(Exception):
    """The gateway did not take the message; a later try may succeed.

    Its words end up in the outbox and the log: codes and names, never the text.
    """


class Undeliverable(NotSent):
    """No later try would succeed either."""


#: Tells whether what a message says is still so, by whose it is and its words.
IsSo = Callable[[int | None, Mapping[str, str]], bool]


@dataclass(frozen=True)
class Topic:
    """Messages that one can do without: each account may switch them off (row H5).

    `name` stands in settings and in links that were sent; it never changes.
    """

    name: str
    label: str | Promise
    help_text: str | Promise


@dataclass(frozen=True)
class Kind:
    """What a message says.

    `subject` and `text` are translated format strings (`%(code)s`), filled in the
    receiver's language. `is_secret`: the text holds a code, so it is stored encrypted,
    never shown to staff, and wiped once sent. `is_farewell`: the last one to an account
    that is closed; once it is over the shop forgets whom it went to. `topic`: what it
    is switched off with; its text may say `%(off)s`, the address that does it. `is_so`
    is asked when it leaves: it may have waited for its gateway, and what was done
    meanwhile is not reminded of (row H5).
    """

    name: str
    label: str | Promise
    subject: str | Promise
    text: str | Promise
    is_secret: bool = False
    is_farewell: bool = False
    topic: Topic | None = None
    is_so: IsSo | None = None


_topics: dict[str, Topic] = {}
_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind of message; called from an app's `messages.py`."""
    _kinds[kind.name] = kind
    return kind


def register_topic(topic: Topic) -> Topic:
    """Add a topic; called from an app's `messages.py`."""
    _topics[topic.name] = topic
    return topic


def topics() -> Iterable[Topic]:
    """Return all topics, in the order they were named."""
    return _topics.values()


def topic_named(name: str) -> Topic | None:
    """Return a topic, if there is one of that name."""
    return _topics.get(name)


def kind_named(name: str) -> Kind | None:
    """Return a kind, if there is one of that name."""
    return _kinds.get(name)


def kinds() -> Iterable[Kind]:
    """Return all kinds, in the order they were named."""
    return _kinds.values()


def is_farewell(name: str) -> bool:
    """Tell whether a kind of message is the last one to its receiver."""
    return name in _kinds and _kinds[name].is_farewell


def label_of(name: str) -> str:
    """Return what staff call a kind of message."""
    return str(_kinds[name].label) if name in _kinds else name
