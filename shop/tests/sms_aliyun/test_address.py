"""SMS_URL: half an address is refused at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop import checks, messages, sms
from shop.sms.aliyun_account import Account

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
