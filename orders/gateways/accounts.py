"""The shop's accounts with its gateways, as the environment names them.

`settings.ALIPAY` and `settings.WECHAT_PAY` hold what ALIPAY_… and WECHAT_PAY_… said.
No key is shown by repr(), or by an error.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from django.conf import settings

from orders.gateways import rsa
from orders.gateways.base import BadNotice, NoAnswer

Account = TypeVar("Account")

#: What AES-256 takes, in bytes.
API_KEY_LENGTH = 32


@dataclass(frozen=True)
class AlipayAccount:
    app_id: str
    #: The partner's number (PID) of who gets the money: 2088….
    seller_id: str
    gateway: str
    private_key: RSAPrivateKey = field(repr=False)
    #: Alipay's own, not the application's.
    public_key: RSAPublicKey = field(repr=False)

    @classmethod
    def read(cls) -> "AlipayAccount":
        """Raises NoAnswer: without an account nobody can be asked."""
        said = _whole("ALIPAY")
        return cls(
            app_id=said["APP_ID"],
            seller_id=said["SELLER_ID"],
            gateway=said["GATEWAY"],
            private_key=rsa.private_key(said["PRIVATE_KEY"]),
            public_key=rsa.public_key(said["PUBLIC_KEY"]),
        )


@dataclass(frozen=True)
class WechatAccount:
    app_id: str
    merchant_id: str
    #: Of the merchant's certificate, whose key signs our calls.
    serial: str
    #: Of WeChat Pay's public key (PUB_KEY_ID_…), or of its platform certificate.
    public_key_id: str
    gateway: str
    private_key: RSAPrivateKey = field(repr=False)
    public_key: RSAPublicKey = field(repr=False)
    #: The APIv3 key, 32 bytes: notices are encrypted with it.
    api_key: bytes = field(repr=False)

    @classmethod
    def read(cls) -> "WechatAccount":
        """Raises NoAnswer: without an account nobody can be asked."""
        said = _whole("WECHAT_PAY")
        return cls(
            app_id=said["APP_ID"],
            merchant_id=said["MERCHANT_ID"],
            serial=said["SERIAL"],
            public_key_id=said["PUBLIC_KEY_ID"],
            gateway=said["GATEWAY"],
            private_key=rsa.private_key(said["PRIVATE_KEY"]),
            public_key=rsa.public_key(said["PUBLIC_KEY"]),
            api_key=said["API_V3_KEY"].encode(),
        )


def account_of_notice(read: Callable[[], Account]) -> Account:
    """Read the account that a notice is for. Raises BadNotice where there is none."""
    try:
        return read()
    except NoAnswer as error:
        raise BadNotice(str(error)) from None


def is_begun(prefix: str) -> bool:
    """Tell whether the environment says anything of this account."""
    said = getattr(settings, prefix)
    return any(value for name, value in said.items() if name != "GATEWAY")


def missing(prefix: str) -> list[str]:
    """Return the variables without which the account is not whole."""
    said = getattr(settings, prefix)
    return [f"{prefix}_{name}" for name, value in said.items() if not value]


def unreadable(prefix: str) -> list[str]:
    """Return the variables that say something that cannot be used."""
    said = getattr(settings, prefix)
    wrong = []
    for name, value in said.items():
        if value and not _is_readable(name, value):
            wrong.append(f"{prefix}_{name}")
    return wrong


def is_whole(prefix: str) -> bool:
    """Tell whether payments can be made through this account."""
    return not missing(prefix) and not unreadable(prefix)


def _is_readable(name: str, value: str) -> bool:
    try:
        if name == "PRIVATE_KEY":
            rsa.private_key(value)
        elif name == "PUBLIC_KEY":
            rsa.public_key(value)
    except rsa.BadKey:
        return False
    if name == "API_V3_KEY":
        return len(value.encode()) == API_KEY_LENGTH
    return name != "GATEWAY" or value.startswith("https://")


def _whole(prefix: str) -> dict[str, str]:
    if not is_whole(prefix):
        raise NoAnswer("not configured")
    said: dict[str, str] = getattr(settings, prefix)
    return said
