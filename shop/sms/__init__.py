"""Text messages leave through the gateway that SMS_URL names.

`console://` prints, `file:///folder` writes each message to a file of its own,
`memory://` keeps them for tests; each writes the receiver on the first line.
`aliyun://key:secret@/?sign=…&template=…` sends real ones.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.messages import NotSent as NotSent
from shop.messages import Undeliverable as Undeliverable
from shop.sms import aliyun, local
from shop.sms.aliyun_account import Account
from shop.sms.local import memory as memory
from shop.sms.text_message import TextMessage as TextMessage

#: The beginning of SMS_URL -> what sends one message by it.
GATEWAYS: dict[str, Callable[[TextMessage, str], None]] = {
    "console": local.to_console,
    "file": local.to_file,
    "memory": local.to_memory,
    "aliyun": aliyun.send,
}


def send(message: TextMessage) -> None:
    """Send one text message. Raises NotSent or OSError."""
    url: str = settings.SMS_URL
    GATEWAYS[_scheme(url)](message, url)


def refuse_unsound_url(url: str) -> None:
    """Raise ImproperlyConfigured if SMS_URL names no gateway, or only half of one.

    The sentence repeats nothing of the address, which holds a secret.
    """
    if _scheme(url) not in GATEWAYS:
        known = ", ".join(f"{name}://" for name in GATEWAYS)
        raise ImproperlyConfigured(f"SMS_URL begins with none of: {known}")
    if _scheme(url) == "aliyun":
        Account.read(url)


def kinds_without_template(url: str) -> list[str]:
    """Return the kinds of messages that this gateway has no words for."""
    if _scheme(url) != "aliyun":
        return []
    return Account.read(url).kinds_without_template()


def _scheme(url: str) -> str:
    return url.partition("://")[0]
