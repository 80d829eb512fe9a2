"""Fixtures of the tests of orders."""

import pytest

from orders.tests.factories import buyer
from shop import https
from shop.tests.authority import Authority


@pytest.fixture
def alice(db):
    """Alice has a payment password and money."""
    return buyer(phone="13800138000", nickname="Alice", language="en")


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
