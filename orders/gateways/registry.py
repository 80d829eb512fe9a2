"""Which gateways this shop has."""

from orders.gateways.alipay import Alipay
from orders.gateways.base import Gateway
from orders.gateways.sandbox import Sandbox
from orders.gateways.wechat import WechatPay

#: In the order in which a shopper finds them.
GATEWAYS: dict[str, Gateway] = {
    gateway.name: gateway for gateway in (Alipay(), WechatPay(), Sandbox())
}


def available() -> dict[str, Gateway]:
    """Return the gateways that a shopper may pay through now, by name."""
    return {name: g for name, g in GATEWAYS.items() if g.is_available()}


def of(method: str) -> Gateway:
    """Return the gateway of a payment that was made, available still or not."""
    return GATEWAYS[method]
