"""What a gateway for text messages is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TextMessage:
    """One text message, written out and in its parts.

    Some gateways send `text`. Others send a template that they know, filled with
    `words`, and choose it by kind and language. Only what is no secret is printed
    when the message is.
    """

    receiver: str = field(repr=False)
    text: str = field(repr=False)
    kind: str = ""
    language: str = ""
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: It holds a one-time code.
    is_secret: bool = False
    #: The outbox's number of it, by which an operator finds it at the gateway.
    number: str = ""
