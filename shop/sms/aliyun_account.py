"""What `SMS_URL=aliyun://key:secret@host/?sign=…&template=…` says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop import messages

HOST, PORT = "dysmsapi.aliyuncs.com", 443

# Sentences that repeat nothing of the address: it holds a secret, and what is in
# the wrong place may be a piece of it.
UNREADABLE = (
    "SMS_URL=aliyun://… cannot be read: write it as "
    "aliyun://key:secret@/?sign=…&template=…, special characters percent-encoded."
)
UNKNOWN_NAME = (
    "SMS_URL=aliyun://… takes sign, template, template.<kind>, template.<language> "
    "and template.<kind>.<language>, each once, and nothing else."
)
UNLIKE_A_TEMPLATE = (
    "SMS_URL=aliyun://… names templates as SMS_123456, or as SMS_123456:word,word "
    "with the words that the template takes."
)

TEMPLATE_NAME = re.compile(r"template(\.[a-z0-9_-]+){0,2}")
TEMPLATE = re.compile(r"(?P<code>[A-Za-z0-9_]+)(:(?P<words>\w+(,\w+)*))?", re.ASCII)


@dataclass(frozen=True)
class Template:
    """A text that Aliyun has approved: its code there, and the words it takes."""

    code: str
    #: None: nothing was said about it.
    words: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Account:
    """The shop's account at Aliyun, its signature and its templates."""

    key: str
    secret: str = field(repr=False)
    sign: str
    #: By their names in the address: `template`, `template.order_paid` …
    templates: Mapping[str, Template]
    host: str = HOST
    port: int = PORT

    @classmethod
    def read(cls, url: str) -> Self:
        """Read the address. Raises ImproperlyConfigured with one clear sentence."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
            query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
        except ValueError:  # whose own words quote the address
            raise ImproperlyConfigured(UNREADABLE) from None
        key, secret = unquote(parts.username or ""), unquote(parts.password or "")
        _refuse_unreadable(parts, key)
        options = _options(query)
        # Written with brackets or without: the gateway adds them itself.
        sign = options.pop("sign", "").strip("【】 ")
        _refuse_half(
            key=key, secret=secret, sign=sign, template=options.get("template", "")
        )
        templates = {name: _template(value) for name, value in options.items()}
        return cls(key, secret, sign, templates, parts.hostname or HOST, port)

    def template_for(
        self, kind: str, language: str, *, is_secret: bool
    ) -> Template | None:
        """Choose the template of a message; None when there is none for its kind."""
        names = [f"template.{kind}.{language}", f"template.{kind}"]
        if is_secret:  # `template` alone is that of the codes
            names += [f"template.{language}", "template"]
        return next((self.templates[n] for n in names if n in self.templates), None)

    def kinds_without_template(self) -> list[str]:
        """Return the kinds that have no template in one of the shop's languages."""
        return [
            kind.name
            for kind in messages.kinds()
            if not all(
                self.template_for(kind.name, language, is_secret=kind.is_secret)
                for language, _name in settings.LANGUAGES
            )
        ]


def _refuse_unreadable(parts: SplitResult, key: str) -> None:
    is_readable = (
        parts.path in ("", "/")
        and not parts.fragment
        # Key and host go into headers.
        and re.fullmatch(r"[A-Za-z0-9._-]*", key)
        and re.fullmatch(r"[a-z0-9.-]*", parts.hostname or "")
    )
    if not is_readable:
        raise ImproperlyConfigured(UNREADABLE)


def _options(query: list[tuple[str, str]]) -> dict[str, str]:
    options = dict(query)
    are_known = all(n == "sign" or TEMPLATE_NAME.fullmatch(n) for n in options)
    if len(options) < len(query) or not are_known:
        raise ImproperlyConfigured(UNKNOWN_NAME)
    return options


def _refuse_half(**parts: str) -> None:
    if lacking := [name for name, value in parts.items() if not value]:
        names = ", ".join(lacking)
        raise ImproperlyConfigured(f"SMS_URL=aliyun://… lacks: {names}.")


def _template(value: str) -> Template:
    found = TEMPLATE.fullmatch(value)
    if not found:
        raise ImproperlyConfigured(UNLIKE_A_TEMPLATE)
    words = found["words"]
    return Template(found["code"], tuple(words.split(",")) if words else None)
