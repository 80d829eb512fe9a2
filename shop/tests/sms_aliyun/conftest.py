"""Aliyun on this machine, checking as Aliyun does."""

import pytest

from shop.tests.aliyun_server import AliyunServer
from shop.tests.authority import Authority
from shop.tests.sms_aliyun.messages import url_of


@pytest.fixture(scope="package")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def aliyun_here(authority, monkeypatch, settings):
    """Aliyun on this machine, trusted, and the shop's SMS_URL pointing there."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with AliyunServer(authority.server_context()) as server:
        settings.SMS_URL = url_of(server.port)
        yield server
