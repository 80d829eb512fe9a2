"""What the environment says of gateways: whole or not at all, and never shown."""

import logging
import pprint
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.core.management import CommandError, call_command
from django.views.debug import SafeExceptionReporterFilter

from orders import checks, gateways
from orders.gateways.accounts import AlipayAccount, WechatAccount
from orders.services import asking
from orders.tests.factories import begin_payment
from orders.tests.gateways.alipay import AlipayHere
from orders.tests.gateways.wechat import API_KEY, WechatHere
from orders.tests.pages import marked

KINDS = {"ALIPAY": AlipayHere, "WECHAT_PAY": WechatHere}
SECRETS = {"ALIPAY": ["PRIVATE_KEY"], "WECHAT_PAY": ["PRIVATE_KEY", "API_V3_KEY"]}


@pytest.fixture(params=KINDS)
def prefix(request):
    return request.param


@pytest.fixture
def here(open_gateway, prefix):
    return open_gateway(KINDS[prefix])


def findings():
    return [(finding.id, finding.msg) for finding in checks.gateways_are_whole(None)]


def test_nothing_said_is_no_gateway_and_no_complaint():
    assert gateways.available() == {}
    assert findings() == []


def test_whole_it_is_a_way_to_pay(here):
    assert list(gateways.available()) == [here.name]
    assert findings() == []


def test_each_missing_variable_is_named_and_closes_the_door(
    here, prefix, settings, client, db
):
    whole = getattr(settings, prefix)
    for name in whole:
        setattr(settings, prefix, {**whole, name: ""})
        assert gateways.available() == {}, name
        [(number, sentence)] = findings()
        assert number == "orders.E001"
        assert sentence.endswith(f"missing: {prefix}_{name}.")
        assert client.post(f"/pay/{here.name}/notify/").status_code == 404
        with pytest.raises(CommandError, match=f"{prefix}_{name}"):
            call_command("check")


@pytest.mark.parametrize("name", ["PRIVATE_KEY", "PUBLIC_KEY", "API_V3_KEY", "GATEWAY"])
@pytest.mark.parametrize("value", ["rubbish!", "http://pay.example/", "-----BEGIN x"])
def test_what_cannot_be_used_is_named_without_its_value(
    here, prefix, settings, name, value
):
    whole = getattr(settings, prefix)
    if name not in whole:
        return
    setattr(settings, prefix, {**whole, name: value})
    assert gateways.available() == {}
    [(number, sentence)] = findings()
    assert (number, value in sentence) == ("orders.E002", False)
    assert f"{prefix}_{name}" in sentence


def test_a_certificate_is_as_good_as_a_public_key(open_gateway, settings):
    here = open_gateway(WechatHere)
    name = x509.Name.from_rfc4514_string("CN=Tenpay.com Root CA")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, here.own.key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(here.own.key, hashes.SHA256())
    )
    text = certificate.public_bytes(serialization.Encoding.PEM).decode()
    assert WechatAccount.read().public_key.key_size == 2048
    settings.WECHAT_PAY = {**settings.WECHAT_PAY, "PUBLIC_KEY": text}
    numbers = WechatAccount.read().public_key.public_numbers()
    assert numbers == here.own.key.public_key().public_numbers()


@pytest.mark.django_db
def test_no_key_is_in_a_log_an_error_or_a_repr(here, prefix, order, caplog, settings):
    said = getattr(settings, prefix)
    secrets = [said[name] for name in SECRETS[prefix]]
    tried = begin_payment(order, here.name)
    with caplog.at_level(logging.DEBUG):
        here.server.moods = [lambda handler: handler.send(500, {}, b"{}") or True]
        assert asking.ask(tried.pk) is False
        here.pay(tried)
        asking.ask(tried.pk)
    account = (AlipayAccount if prefix == "ALIPAY" else WechatAccount).read()
    report = pprint.pformat(SafeExceptionReporterFilter().get_safe_settings())
    shown = f"{account!r}{account}{caplog.text}{report}{tried!r}{findings()}"
    for secret in secrets:
        for piece in (secret, secret[40:80] or API_KEY):
            assert piece not in shown
            assert piece.replace("\n", "\\n") not in shown


@pytest.mark.django_db
def test_the_pay_page_offers_what_is_configured(here, order, as_alice):
    page = as_alice.get(f"/en/orders/{order.number}/pay/")
    assert marked(page, f"pay-{here.name}")
    other = {"alipay": "wechat", "wechat": "alipay"}[here.name]
    assert not marked(page, f"pay-{other}")
