"""Text messages through Aliyun, against a server that checks them as Aliyun does."""

import hashlib
import json
import logging
import multiprocessing
import os
import re
import signal
import socket
import ssl
import time
from datetime import timedelta
from http.client import HTTPSConnection
from urllib.parse import quote

import pytest
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from shop import checks, clock, delivery, messages, outbox, sms
from shop.messages import Kind
from shop.models import OutgoingMessage
from shop.sms import aliyun
from shop.sms.aliyun_account import Account
from shop.tests.aliyun_server import (
    KEY,
    SECRET,
    SIGN,
    AliyunServer,
    babbles,
    drips,
    hangs,
    says,
    signature_of,
    writes,
)
from shop.tests.authority import Authority

Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status
CODE = Kind("a_code", "", "", "%(shop)s: %(code)s, %(minutes)s min", is_secret=True)
PAID = Kind("paid", "", "", "Order %(number)s is paid.")
SENT = Kind("sent", "", "", "%(number)s by %(carrier)s, %(tracking_number)s.")
UNHEARD = Kind("unheard", "", "", "Hello.")
PHONE = "13800138000"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def aliyun_here(authority, monkeypatch, settings):
    """Aliyun on this machine, trusted, and the shop's SMS_URL pointing there."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with AliyunServer(authority.server_context()) as server:
        settings.SMS_URL = url_of(server.port)
        yield server


def url_of(port, secret=SECRET, sign=SIGN, template="SMS_1", rest=""):
    """An address as `.env.example` shows it; what it holds is percent-encoded."""
    return (
        f"aliyun://{KEY}:{quote(secret, safe='')}@127.0.0.1:{port}/?sign={quote(sign)}"
        f"&template={template}&template.paid=SMS_2&template.sent=SMS_3{rest}"
    )


def write_code():
    words = {"shop": "电光集市", "code": "246810", "minutes": 5}
    return write(CODE, language="zh-hans", **words)


def write(kind, recipient=PHONE, language="en", **words):
    return outbox.write(
        kind, channel=Channel.SMS, recipient=recipient, language=language, **words
    )


def delivered(message):
    """Try once; return what became of it: (status, error)."""
    delivery.deliver(message.pk)
    message.refresh_from_db()
    return message.status, message.error


def outcome_of_a_code():
    return delivered(write_code())


# The signature -------------------------------------------------------------------

#: The published example, with "fixed parameters", of the signature's document.
PUBLISHED = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
PUBLISHED_QUERY = {
    "RegionId": "cn-shanghai",
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
}
PUBLISHED_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_signs_the_published_example_as_published():
    query = aliyun.canonical_query(PUBLISHED_QUERY)
    said = aliyun.authorization(
        "YourAccessKeyId", "YourAccessKeySecret", query, PUBLISHED
    )
    assert said == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={PUBLISHED_SIGNATURE}"
    )


def test_the_server_of_these_tests_reckons_the_published_example_too():
    reckoned = signature_of(
        "POST",
        "/",
        "&".join(f"{name}={value}" for name, value in PUBLISHED_QUERY.items()),
        PUBLISHED,
        sorted(PUBLISHED),
        PUBLISHED["x-acs-content-sha256"],
        "YourAccessKeySecret",
    )
    assert reckoned == PUBLISHED_SIGNATURE


# Taken ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_code_goes_out_by_its_template_and_the_row_forgets_it(aliyun_here):
    message = write_code()
    assert "246810" not in message.stored_text + message.stored_words
    assert delivered(message) == (Status.SENT, "")
    assert aliyun_here.accepted == [
        {
            "PhoneNumbers": PHONE,
            "SignName": SIGN,
            "TemplateCode": "SMS_1",
            # Its template takes the code alone; the shop's name is the signature.
            "TemplateParam": '{"code": "246810"}',
            "OutId": str(message.pk),
        }
    ]
    assert (message.stored_text, message.stored_words) == ("", "")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_it_leaves_when_the_shoppers_request_commits(aliyun_here):
    message = write_code()
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert len(aliyun_here.accepted) == 1


@pytest.mark.django_db
def test_other_kinds_name_their_template_and_send_all_their_words(aliyun_here):
    write_words = {"carrier": "顺丰 & 'co' / ~*+=", "tracking_number": "SF123"}
    message = write(SENT, number="20261125-7", **write_words)
    assert delivered(message) == (Status.SENT, "")
    (call,) = aliyun_here.accepted
    assert call["TemplateCode"] == "SMS_3"
    assert json.loads(call["TemplateParam"]) == {
        "number": "20261125-7",
        **write_words,
    }


@pytest.mark.django_db
def test_a_template_says_which_words_it_takes(aliyun_here, settings):
    settings.SMS_URL = url_of(
        aliyun_here.port,
        template="SMS_4:code,minutes",
        rest="&template.sent.en=SMS_2:number",
    )
    assert delivered(write_code()) == (Status.SENT, "")
    message = write(SENT, number="7", carrier="SF", tracking_number="1")
    assert delivered(message) == (Status.SENT, "")
    assert [call["TemplateParam"] for call in aliyun_here.accepted] == [
        '{"code": "246810", "minutes": "5"}',
        '{"number": "7"}',
    ]


@pytest.mark.django_db
def test_a_word_is_cut_to_what_aliyun_takes_and_kept_on_one_line(aliyun_here):
    message = write(PAID, number="one\nline " + "长" * 40)
    assert delivered(message) == (Status.SENT, "")
    (call,) = aliyun_here.accepted
    assert call["TemplateParam"] == '{"number": "one line ' + "长" * 25 + '…"}'


def test_a_receivers_language_has_a_template_of_its_own():
    account = Account.read(
        url_of(1, rest="&template.en=SMS_8&template.a_code.zh-hans=SMS_9")
    )
    find = account.template_for
    assert find("a_code", "zh-hans", is_secret=True).code == "SMS_9"
    assert find("a_code", "en", is_secret=True).code == "SMS_8"
    assert find("other", "zh-hans", is_secret=True).code == "SMS_1"
    assert find("paid", "en", is_secret=False).code == "SMS_2"
    assert find("other", "en", is_secret=False) is None


# Refused -------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_wrong_secret_is_refused_and_the_message_waits(aliyun_here, settings):
    settings.SMS_URL = url_of(aliyun_here.port, secret="not it")
    assert outcome_of_a_code() == (Status.WAITING, "SignatureDoesNotMatch")
    assert aliyun_here.accepted == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (PHONE, "13900139000", "SignatureDoesNotMatch"),
        ("246810", "246811", "SignatureDoesNotMatch"),
        ("SMS_1", "SMS_2", "SignatureDoesNotMatch"),
        ("", "", "SignatureNonceUsed"),
    ],
)
def test_a_call_that_was_tampered_with_or_played_again_is_refused(
    aliyun_here, authority, before, after, code
):
    assert outcome_of_a_code() == (Status.SENT, "")
    ((path, headers),) = aliyun_here.requests
    context = ssl.create_default_context(cafile=authority.certificate)
    attacker = HTTPSConnection("127.0.0.1", aliyun_here.port, context=context)
    attacker.request("POST", path.replace(before, after), headers=headers)
    assert f'"{code}"' in attacker.getresponse().read().decode()
    attacker.close()
    assert len(aliyun_here.accepted) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mood", "error"),
    [
        (says("isv.BUSINESS_LIMIT_CONTROL"), "isv.BUSINESS_LIMIT_CONTROL"),
        (says("isv.DAY_LIMIT_CONTROL"), "isv.DAY_LIMIT_CONTROL"),
        (says("isv.AMOUNT_NOT_ENOUGH"), "isv.AMOUNT_NOT_ENOUGH"),
        (says("isp.RAM_PERMISSION_DENY", 403), "isp.RAM_PERMISSION_DENY"),
        (says("Throttling.User", 400), "Throttling.User"),
        (says("ServiceUnavailable", 503), "ServiceUnavailable"),
        (says("a code nobody has heard of"), "HTTP 200"),
        (says("OK", 500), "HTTP 500"),
        (writes(b"oops", 502), "HTTP 502"),
        (writes(b"<html>busy</html>"), "HTTP 200"),
        (writes(b""), "HTTP 200"),
        (writes(b"\xff\xfe\x00"), "HTTP 200"),
        (writes(b"[" * 60_000), "HTTP 200"),
        (writes(b'["OK"]'), "HTTP 200"),
        (writes(b'{"Code": ["OK"]}'), "HTTP 200"),
        (writes(b'{"Code": "OK"}' + b" " * 70_000), "HTTP 200"),
        (writes(b"", 302, location="https://127.0.0.1:1/"), "HTTP 302"),
        (babbles, "BadStatusLine"),
    ],
)
def test_what_can_pass_is_put_off(aliyun_here, mood, error):
    aliyun_here.moods.append(mood)
    message = write_code()
    assert delivered(message) == (Status.WAITING, error)
    assert message.next_try_at > clock.now()
    assert message.words["code"] == "246810"
    assert aliyun_here.accepted == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(aliyun.FINAL))
def test_what_no_second_try_mends_fails_at_once(aliyun_here, code):
    aliyun_here.moods.append(says(code))
    message = write_code()
    assert delivered(message) == (Status.FAILED, code)
    assert (message.stored_text, message.stored_words) == ("", "")
    with clock.at(clock.now() + timedelta(days=1)):
        call_command("run_due", only=["send_messages"])
    assert len(aliyun_here.requests) == 1


@pytest.mark.django_db
def test_a_number_a_signature_a_template_that_aliyun_does_not_know_fail(
    aliyun_here, settings
):
    port = aliyun_here.port
    message = write(PAID, number="1", recipient="075512345678")
    assert delivered(message) == (Status.FAILED, "isv.MOBILE_NUMBER_ILLEGAL")
    settings.SMS_URL = url_of(port, sign="别家")
    assert outcome_of_a_code() == (Status.FAILED, "isv.SMS_SIGNATURE_ILLEGAL")
    settings.SMS_URL = url_of(port, template="SMS_99")
    assert outcome_of_a_code() == (Status.FAILED, "isv.SMS_TEMPLATE_ILLEGAL")
    settings.SMS_URL = url_of(port, template="SMS_4")
    assert outcome_of_a_code() == (Status.FAILED, "isv.TEMPLATE_MISSING_PARAMETERS")


@pytest.mark.django_db
def test_a_kind_without_a_template_fails_and_says_so(aliyun_here):
    error = "SMS_URL names no template for unheard"
    assert delivered(write(UNHEARD)) == (Status.FAILED, error)
    assert aliyun_here.requests == []


@pytest.mark.django_db
def test_a_template_that_takes_a_word_we_do_not_have_fails_and_says_so(
    aliyun_here, settings
):
    settings.SMS_URL = url_of(aliyun_here.port, template="SMS_1:code,surname")
    assert outcome_of_a_code() == (Status.FAILED, "a_code has no word surname")
    assert aliyun_here.requests == []


# Out of reach --------------------------------------------------------------------


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


# Once, and never not at all ------------------------------------------------------


@pytest.mark.django_db
def test_after_an_outage_the_clock_sends_it_once(aliyun_here):
    aliyun_here.moods += [
        says("ServiceUnavailable", 503),
        says("isv.BUSINESS_LIMIT_CONTROL"),
        writes(b"garbage"),
    ]
    message = write(PAID, number="42")
    moment = clock.now()
    for _ in range(3):
        with clock.at(moment), pytest.raises(CommandError):
            call_command("run_due", only=["send_messages"])
        message.refresh_from_db()
        assert message.status == Status.WAITING
        moment = message.next_try_at
    with clock.at(moment):
        call_command("run_due", only=["send_messages"])
    with clock.at(moment + timedelta(days=1)):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.SENT, 4)
    assert [call["OutId"] for call in aliyun_here.accepted] == [str(message.pk)]
    nonces = [headers["x-acs-signature-nonce"] for _, headers in aliyun_here.requests]
    assert len(set(nonces)) == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_between_sending_and_marking_it_goes_out_again(aliyun_here):
    now = clock.now()
    message = OutgoingMessage.objects.create(
        kind="paid",
        channel=Channel.SMS,
        recipient=PHONE,
        language="en",
        stored_text="Order 42 is paid.",
        stored_words='{"number": "42"}',
        next_try_at=now,
        created_at=now,
    )
    connections.close_all()
    sender = multiprocessing.get_context("fork").Process(
        target=delivery.deliver, args=(message.pk,)
    )
    aliyun_here.on_accepted = lambda: os.kill(sender.pid, signal.SIGKILL)
    sender.start()
    sender.join(30)
    assert sender.exitcode == -signal.SIGKILL
    message.refresh_from_db()
    assert (message.status, len(aliyun_here.accepted)) == (Status.WAITING, 1)
    aliyun_here.on_accepted = lambda: None
    with clock.at(now + timedelta(minutes=2)):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert [c["OutId"] for c in aliyun_here.accepted] == [str(message.pk)] * 2


# Secrets -------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mood",
    [
        None,
        hangs,
        babbles,
        says("isv.SMS_TEMPLATE_ILLEGAL"),
        says("isv.BUSINESS_LIMIT_CONTROL"),
        says("246810 for 13800138000"),
    ],
)
def test_no_secret_gets_into_a_log_or_an_error(aliyun_here, monkeypatch, caplog, mood):
    monkeypatch.setattr(aliyun, "ANSWER_SECONDS", 0.3)
    caplog.set_level(logging.DEBUG)
    aliyun_here.moods.append(mood)
    message = write_code()
    delivered(message)
    said = caplog.text + message.error + repr(Account.read(url_of(1)))
    for secret in (SECRET, quote(SECRET, safe=""), "246810", PHONE):
        assert secret not in said


def test_a_message_that_is_printed_shows_neither_code_nor_phone():
    message = sms.TextMessage(PHONE, "246810", "code", words={"code": "246810"})
    assert not re.search(f"{PHONE}|246810", repr(message))


# The address ---------------------------------------------------------------------

UNSOUND = {
    "an unknown gateway": "aliyn://key:hushhush@/?sign=x&template=SMS_1",
    "nothing": "",
    "no secret": "aliyun://hushhush@/?sign=x&template=SMS_1",
    "no key": "aliyun://:hushhush@/?sign=x&template=SMS_1",
    "no account": "aliyun:///?sign=hushhush&template=SMS_1",
    "no signature": "aliyun://key:hushhush@/?sign=&template=SMS_1",
    "no template": "aliyun://key:hushhush@/?sign=x",
    "a template only for one kind": "aliyun://key:hushhush@/?sign=x&template.a=SMS_1",
    "a slash in the secret": "aliyun://key:hush/hush@/?sign=x&template=SMS_1",
    "a mark in the secret": "aliyun://key:hush?hush@/?sign=x&template=SMS_1",
    "a hash in the secret": "aliyun://key:hush#hush@/?sign=x&template=SMS_1",
    "a path": "aliyun://key:s@host/hushhush?sign=x&template=SMS_1",
    "a hash behind it all": "aliyun://key:s@/?sign=x&template=SMS_1#hushhush",
    "a port that is none": "aliyun://key:secret@host:hushhush/?sign=x&template=SMS_1",
    "a line break in the key": "aliyun://a%0Ahushhush:b@/?sign=x&template=SMS_1",
    "plain http": "aliyun://key:hushhush@host/?sign=x&template=SMS_1&scheme=http",
    "a name twice": "aliyun://key:hushhush@/?sign=x&template=SMS_1&template=SMS_2",
    "no code of a template": "aliyun://key:s@/?sign=x&template=hush-hush",
}


@pytest.mark.parametrize("url", UNSOUND.values(), ids=UNSOUND)
def test_half_an_address_is_refused_at_start_in_one_sentence(url, settings):
    settings.SMS_URL = url
    (error,) = checks.sms_gateway_is_sound(None)
    assert error.id == "shop.E001"
    assert "SMS_URL" in error.msg
    assert "\n" not in error.msg
    assert "hush" not in error.msg
    with pytest.raises(ImproperlyConfigured) as refused:
        sms.refuse_unsound_url(url)
    # Nor in what a traceback would print of how it came about.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_an_address_says_all_of_it_percent_encoded():
    account = Account.read("aliyun://k:s%2F%40%3F@/?sign=【电光 集市】&template=SMS_1")
    assert (account.key, account.secret, account.sign) == ("k", "s/@?", "电光 集市")
    assert (account.host, account.port) == ("dysmsapi.aliyuncs.com", 443)
    elsewhere = Account.read("aliyun://k:s@sms.example.com:8443/?sign=x&template=SMS_1")
    assert (elsewhere.host, elsewhere.port) == ("sms.example.com", 8443)


def test_the_operator_learns_at_start_which_kinds_have_no_template(settings):
    settings.SMS_URL = "aliyun://k:s@/?sign=x&template=SMS_1&template.order_paid=SMS_2"
    (warning,) = checks.sms_gateway_is_sound(None)
    assert warning.id == "shop.W001"
    assert "parcel_sent" in warning.msg
    assert "order_paid" not in warning.msg
    # Codes have `template`.
    assert "register_code" not in warning.msg
    rest = "".join(f"&template.{kind.name}=SMS_2" for kind in messages.kinds())
    settings.SMS_URL = f"aliyun://k:s@/?sign=x&template=SMS_1{rest}"
    assert checks.sms_gateway_is_sound(None) == []


def test_the_usual_gateways_have_nothing_to_complain_about(settings):
    for url in ("console://", "file:///tmp/x", "memory://"):
        settings.SMS_URL = url
        assert checks.sms_gateway_is_sound(None) == []
