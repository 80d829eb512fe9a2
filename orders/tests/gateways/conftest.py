"""Every gateway in turn, on this machine, and an order that is paid through it."""

from dataclasses import replace

import pytest

from orders import gateways
from orders.tests.factories import begin_payment, make_order
from orders.tests.gateways.alipay import AlipayHere
from orders.tests.gateways.sandbox import SandboxHere
from orders.tests.gateways.wechat import WechatHere


@pytest.fixture(params=[SandboxHere, AlipayHere, WechatHere], ids=lambda k: k.name)
def here(request, open_gateway):
    """Each gateway that there is."""
    return open_gateway(request.param)


@pytest.fixture(params=[AlipayHere, WechatHere], ids=lambda k: k.name)
def remote(request, open_gateway):
    """Each gateway that is asked over the network."""
    return open_gateway(request.param)


@pytest.fixture
def order(alice):
    return make_order(alice)


@pytest.fixture
def tried(order, request):
    name = "here" if "here" in request.fixturenames else "remote"
    return begin_payment(order, request.getfixturevalue(name).name)


@pytest.fixture
def on_phone(addresses):
    """The same addresses, told by a phone."""
    return replace(addresses, shopper="203.0.113.9", is_on_phone=True)


@pytest.fixture
def addresses():
    return gateways.Addresses(
        page="https://shop.example/pay/1/", notify="https://shop.example/pay/x/notify/"
    )
