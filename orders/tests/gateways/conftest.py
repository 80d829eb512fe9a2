"""Every gateway in turn, on this machine, and an order that is paid through it."""

import pytest

from orders import gateways
from orders.tests.factories import begin_payment, make_order
from orders.tests.gateways.alipay import AlipayHere
from orders.tests.gateways.sandbox import SandboxHere
from orders.tests.gateways.wechat import WechatHere
from shop import https
from shop.tests.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def open_gateway(authority, monkeypatch, settings):
    """Start one, trusted by the shop and by the SDKs."""
    started = []
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.certificate))
    monkeypatch.setattr(https, "ANSWER_SECONDS", 1)

    def start(kind):
        here = kind(authority.server_context())
        if here.server:
            started.append(here.server.__enter__())
        for name, value in here.settings().items():
            setattr(settings, name, value)
        return here

    yield start
    for server in started:
        server.__exit__()


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
def addresses():
    return gateways.Addresses(
        page="https://shop.example/pay/1/", notify="https://shop.example/pay/x/notify/"
    )
