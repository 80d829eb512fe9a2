"""python-alipay-sdk and wechatpayv3 judge the shop's signatures, and it theirs."""

import json
import urllib.request
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
from wechatpayv3 import WeChatPayType

from orders import gateways
from orders.models import Order, SeenNonce
from orders.tests.factories import begin_payment, make_order
from orders.tests.gateways import wechat
from orders.tests.gateways.alipay import AlipayHere
from orders.tests.gateways.wechat import WechatHere

pytestmark = pytest.mark.django_db


def call_of(url):
    return dict(parse_qsl(urlsplit(url).query))


class TestAlipay:
    @pytest.fixture
    def here(self, open_gateway):
        return open_gateway(AlipayHere)

    def test_the_address_of_the_till_is_what_the_sdk_would_sign(
        self, here, tried, addresses
    ):
        url = gateways.of("alipay").start(tried, addresses)
        assert url.startswith(f"{here.server.address}/gateway.do?")
        call = dict(parse_qsl(urlsplit(url).query))
        assert here.is_signed(call)
        sign = call.pop("sign")
        assert dict(parse_qsl(here.judge.sign_data(dict(call))))["sign"] == sign
        assert call["method"] == "alipay.trade.page.pay"
        assert (call["notify_url"], call["return_url"]) == (
            addresses.notify,
            addresses.page,
        )
        content = json.loads(call["biz_content"])
        assert content["out_trade_no"] == tried.number
        assert content["total_amount"] == str(tried.amount)
        assert content["product_code"] == "FAST_INSTANT_TRADE_PAY"

    def test_on_a_phone_it_is_the_till_of_phones(self, here, tried, on_phone):
        call = call_of(gateways.of("alipay").start(tried, on_phone))
        assert here.is_signed(call)
        theirs = call_of("?" + here.judge.api_alipay_trade_wap_pay("A", "1", "1.00"))
        assert call["method"] == theirs["method"]
        content = json.loads(call["biz_content"])
        # By Alipay's document; the SDK says QUICK_WAP_PAY.
        assert content["product_code"] == "QUICK_WAP_WAY"
        assert content["quit_url"] == call["return_url"] == on_phone.page

    def test_a_call_signed_by_a_stranger_s_key_is_no_call(self, here, tried, settings):
        here.pay(tried)
        settings.ALIPAY = {**settings.ALIPAY, "PRIVATE_KEY": here.stranger.private}
        with pytest.raises(gateways.NoAnswer):
            gateways.of("alipay").query(tried)

    def test_the_sdk_and_the_shop_accept_the_same_notices(self, here, tried, client):
        for notice in (here.success(tried), here.forged(tried)):
            said = dict(parse_qsl(notice["data"]))
            is_good = here.judge.verify(said, said.pop("sign"))
            response = client.post("/pay/alipay/notify/", **notice)
            assert (response.status_code == 200) == is_good

    def test_the_sdk_and_the_shop_hear_the_same_of_a_trade(self, here, tried):
        here.pay(tried)
        here.judge._gateway = f"{here.server.address}/gateway.do"
        theirs = here.judge.api_alipay_trade_query(out_trade_no=tried.number)
        ours = gateways.of("alipay").query(tried)
        assert (ours.payment_number, str(ours.amount)) == (
            theirs["out_trade_no"],
            theirs["total_amount"],
        )

    def test_a_field_twice_is_refused(self, here, tried, client):
        notice = here.success(tried)
        notice["data"] += "&" + urlencode({"total_amount": str(tried.amount)})
        assert here.is_refused(client.post("/pay/alipay/notify/", **notice))

    def test_bare_base64_will_do_for_keys(self, here, tried, settings):
        here.pay(tried)
        bare = {
            name: "".join(settings.ALIPAY[name].split("\n")[1:-2])
            for name in ("PRIVATE_KEY", "PUBLIC_KEY")
        }
        settings.ALIPAY = settings.ALIPAY | bare
        assert gateways.of("alipay").query(tried).status == "paid"


class TestWechat:
    @pytest.fixture
    def here(self, open_gateway):
        return open_gateway(WechatHere)

    def test_an_order_is_begun_once_and_has_its_code(self, here, tried, addresses):
        gateway = gateways.of("wechat")
        code = gateway.start(tried, addresses)
        assert code == gateway.start(tried, addresses)
        assert code.startswith("weixin://wxpay/")
        asked = here.trades[tried.number]["asked"]
        assert asked["amount"]["total"] == tried.amount * 100
        assert (asked["mchid"], asked["notify_url"]) == (
            wechat.MERCHANT_ID,
            addresses.notify,
        )

    def test_on_a_phone_it_leads_into_wechat_and_back(self, here, tried, on_phone):
        url = gateways.of("wechat").start(tried, on_phone)
        assert url.startswith(f"{wechat.H5}{tried.number[:9]}&")
        assert parse_qs(urlsplit(url).query)["redirect_url"] == [on_phone.page]
        ours = here.trades.pop(tried.number)["asked"]
        status, text = here.judge.pay(
            ours["description"],
            tried.number,
            ours["amount"],
            time_expire=ours["time_expire"],
            scene_info={"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}},
            notify_url=on_phone.notify,
            pay_type=WeChatPayType.H5,
        )
        assert (status, list(json.loads(text))) == (200, ["h5_url"])
        assert here.trades[tried.number]["asked"] == ours

    def test_an_address_of_another_kind_is_no_beginning(self, here, tried, on_phone):
        here.server.moods = [
            lambda h: (
                h.send(*here.answer(200, {"h5_url": "javascript:alert(1)"})) or True
            )
        ]
        with pytest.raises(gateways.NoAnswer, match="h5_url"):
            gateways.of("wechat").start(tried, on_phone)

    def test_a_call_signed_by_a_stranger_s_key_is_no_call(self, here, tried, settings):
        here.pay(tried)
        pair = here.stranger
        settings.WECHAT_PAY = {**settings.WECHAT_PAY, "PRIVATE_KEY": pair.private}
        with pytest.raises(gateways.NoAnswer, match="SIGN_ERROR"):
            gateways.of("wechat").query(tried)

    def test_the_sdk_and_the_shop_read_the_same_notice(self, here, tried, client):
        notice = here.success(tried)
        theirs = here.judge.callback(notice["headers"], notice["data"])["resource"]
        assert theirs["out_trade_no"] == tried.number
        assert here.is_good(client.post("/pay/wechat/notify/", **notice))
        tried.refresh_from_db()
        assert tried.reference == theirs["transaction_id"]
        forged = here.forged(tried)
        assert not here.judge.callback(forged["headers"], forged["data"])
        assert here.is_refused(client.post("/pay/wechat/notify/", **forged))

    def test_the_sdk_and_the_shop_hear_the_same_of_a_trade(self, here, tried):
        here.pay(tried)
        status, text = here.judge.query(out_trade_no=tried.number)
        theirs, ours = json.loads(text), gateways.of("wechat").query(tried)
        assert status == 200
        assert (ours.payment_number, ours.reference, ours.amount * 100) == (
            theirs["out_trade_no"],
            theirs["transaction_id"],
            theirs["amount"]["total"],
        )

    def test_a_nonce_is_good_once(self, here, tried, order, client, caplog):
        notice = here.unpaid(tried)
        assert here.is_good(client.post("/pay/wechat/notify/", **notice))
        assert here.is_refused(client.post("/pay/wechat/notify/", **notice))
        assert "replayed" in caplog.text
        assert SeenNonce.objects.count() == 1
        # Also in another notice, well signed; but its letters' case counts.
        nonce = notice["headers"]["Wechatpay-Nonce"]
        again = here.notice(tried, signed={"nonce": nonce})
        assert here.is_refused(client.post("/pay/wechat/notify/", **again))
        other = here.notice(tried, signed={"nonce": nonce.swapcase()})
        assert here.is_good(client.post("/pay/wechat/notify/", **other))

    def test_a_forged_notice_uses_no_nonce_up(self, here, tried, client):
        forged = here.forged(tried)
        client.post("/pay/wechat/notify/", **forged)
        assert not SeenNonce.objects.exists()

    def test_what_is_no_payment_is_taken_and_ignored(self, here, tried, client):
        notice = here.post({"event_type": "REFUND.SUCCESS", "resource": {}})
        assert here.is_good(client.post("/pay/wechat/notify/", **notice))

    def test_a_signature_test_of_wechat_fails_as_it_must(self, here, tried, client):
        notice = here.success(tried)
        signature = "WECHATPAY/SIGNTEST/" + notice["headers"]["Wechatpay-Signature"]
        notice["headers"]["Wechatpay-Signature"] = signature
        assert here.is_refused(client.post("/pay/wechat/notify/", **notice))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("kind", [AlipayHere, WechatHere], ids=lambda k: k.name)
def test_all_of_it_over_the_wire(kind, live_server, open_gateway, settings, alice):
    """The gateway's notice comes by HTTP, as it leaves the SDK's hands."""
    here = open_gateway(kind)
    settings.ALLOWED_HOSTS = ["*"]
    tried = begin_payment(make_order(alice), here.name)
    notice = here.success(tried)
    headers = {"content-type": notice["content_type"], **notice.get("headers", {})}
    call = urllib.request.Request(  # noqa: S310, our own address
        f"{live_server.url}/pay/{here.name}/notify/",
        notice["data"].encode(),
        headers,
    )
    with urllib.request.urlopen(call) as response:  # noqa: S310
        assert response.status in (200, 204)
    assert Order.objects.get(pk=tried.order_id).status == "paid"
    late = requests.post(call.full_url, data=b"x", headers=headers, timeout=5)
    assert late.status_code == 400
