"""System checks of gateways and carriers: what is half configured says so first."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.core.exceptions import ImproperlyConfigured

from orders import carriers
from orders.gateways import accounts

ACCOUNTS = {"ALIPAY": "Alipay", "WECHAT_PAY": "WeChat Pay"}


@register()
def gateways_are_whole(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A gateway is configured in full, or not at all. No sentence repeats a value."""
    wrong: list[CheckMessage] = []
    for prefix, name in ACCOUNTS.items():
        if not accounts.is_begun(prefix):
            continue
        if missing := accounts.missing(prefix):
            hint = f"{name} is no way to pay until they are set."
            sentence = f"{name} is half configured; missing: {', '.join(missing)}."
            wrong.append(Error(sentence, hint=hint, id="orders.E001"))
        if unreadable := accounts.unreadable(prefix):
            hint = (
                "Keys are RSA of 2048 bits or more, as PEM or one line of base64; the "
                "APIv3 key has 32 characters; addresses are https."
            )
            sentence = f"{name} cannot use: {', '.join(unreadable)}."
            wrong.append(Error(sentence, hint=hint, id="orders.E002"))
    return wrong


@register()
def tracker_is_sound(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """TRACKING_URL names somebody to ask, whole."""
    try:
        carriers.refuse_unsound_url(settings.TRACKING_URL)
    except ImproperlyConfigured as error:
        return [Error(str(error), id="orders.E003")]
    return []


@register(deploy=True)
def return_address_is_known(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Buyers who may send goods back are told where to."""
    names = ("RETURN_ADDRESS_ZH", "RETURN_ADDRESS_EN")
    missing = [name for name in names if not getattr(settings, name)]
    if not missing:
        return []
    sentence = f"Nobody is told where to send goods back: {', '.join(missing)}."
    return [Info(sentence, id="orders.I001")]
