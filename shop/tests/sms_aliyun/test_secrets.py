"""No secret gets into a log, an error or a print."""

import logging
import re
from urllib.parse import quote

import pytest

from shop import sms
from shop.sms import aliyun
from shop.sms.aliyun_account import Account
from shop.tests.aliyun_server import SECRET, babbles, hangs, says
from shop.tests.sms_aliyun.messages import PHONE, delivered, url_of, write_code


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
