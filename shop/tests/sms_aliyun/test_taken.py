"""What Aliyun takes leaves by its template, with its words."""

import json

import pytest

from shop.sms.aliyun_account import Account
from shop.tests.aliyun_server import SIGN
from shop.tests.sms_aliyun.messages import (
    PAID,
    PHONE,
    SENT,
    Status,
    delivered,
    url_of,
    write,
    write_code,
)


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
