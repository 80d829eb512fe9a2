"""What Aliyun refuses: for a while, or for good."""

import ssl
from datetime import timedelta
from http.client import HTTPSConnection

import pytest
from django.core.management import call_command

from shop import clock
from shop.sms import aliyun
from shop.tests.aliyun_server import babbles, says, writes
from shop.tests.sms_aliyun.messages import (
    PAID,
    PHONE,
    UNHEARD,
    Status,
    delivered,
    outcome_of_a_code,
    url_of,
    write,
    write_code,
)


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
