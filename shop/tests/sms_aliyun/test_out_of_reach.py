"""A gateway that is down, slow or a stranger is not waited for."""

import socket
import time

import pytest
from cryptography import x509

from shop.sms import aliyun
from shop.tests.aliyun_server import AliyunServer, drips, hangs
from shop.tests.authority import Authority
from shop.tests.sms_aliyun.messages import Status, outcome_of_a_code, url_of


@pytest.mark.django_db
def test_a_gateway_that_is_down_leaves_the_message_waiting(settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.SMS_URL = url_of(unused.getsockname()[1])
    status, error = outcome_of_a_code()
    assert (status, error.split()[0]) == (Status.WAITING, "ConnectionRefusedError")


def test_a_shopper_waits_five_seconds_at_most():
    assert aliyun.CONNECT_SECONDS + aliyun.ANSWER_SECONDS <= 5


@pytest.mark.django_db
@pytest.mark.parametrize("mood", [hangs, drips(0.05)])
def test_a_gateway_that_is_slow_is_not_waited_for(aliyun_here, monkeypatch, mood):
    monkeypatch.setattr(aliyun, "ANSWER_SECONDS", 0.3)
    aliyun_here.moods.append(mood)
    started = time.monotonic()
    status, error = outcome_of_a_code()
    assert status == Status.WAITING
    assert error
    assert 0.2 < time.monotonic() - started < 2


@pytest.mark.django_db
def test_a_gateway_that_takes_the_line_and_is_silent_is_not_waited_for(
    monkeypatch, settings
):
    monkeypatch.setattr(aliyun, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.SMS_URL = url_of(silent.getsockname()[1])
        started = time.monotonic()
        assert outcome_of_a_code() == (Status.WAITING, "TimeoutError")
    assert time.monotonic() - started < 2


@pytest.mark.django_db
def test_an_issuer_that_nobody_knows_is_not_trusted(aliyun_here, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).certificate))
    status, error = outcome_of_a_code()
    assert (status, error) == (Status.WAITING, "SSLCertVerificationError 1")
    assert aliyun_here.requests == []


@pytest.mark.django_db
def test_a_certificate_for_another_name_is_not_trusted(
    authority, monkeypatch, settings
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    elsewhere = authority.server_context([x509.DNSName("sms.example.com")])
    with AliyunServer(elsewhere) as server:
        settings.SMS_URL = url_of(server.port)
        assert outcome_of_a_code()[1] == "SSLCertVerificationError 1"
        assert server.requests == []
