"""WeChat Pay on this machine, judged by wechatpayv3."""

import json
import re
import secrets
import time
from base64 import b64encode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.utils import rsa_sign, rsa_verify

from orders.tests.gateways.server import GatewayServer, Pair

APP_ID, MERCHANT_ID, SERIAL = "wx0000000000000001", "1900000001", "5157F09EFDC096DE"
PUBLIC_KEY_ID, API_KEY = (
    "PUB_KEY_ID_0119000000012026",
    "0123456789abcdef0123456789abcdef",
)
SCHEME = "WECHATPAY2-SHA256-RSA2048"
AUTHORIZATION = re.compile(
    SCHEME + r' mchid="(?P<mchid>[^"]+)",nonce_str="(?P<nonce>[^"]+)",'
    r'signature="(?P<signature>[^"]+)",timestamp="(?P<moment>\d+)",'
    r'serial_no="(?P<serial>[^"]+)"'
)
PAID, OPEN, CLOSED = "SUCCESS", "NOTPAY", "CLOSED"
H5 = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id="
#: Where a trade begins: what the answer says, and how that begins.
BEGINNINGS = {
    "/v3/pay/transactions/native": ("code_url", "weixin://wxpay/bizpayurl?pr="),
    "/v3/pay/transactions/h5": ("h5_url", H5),
}


class WechatHere:
    """The gateway; `judge` is the SDK as another shop would use it."""

    name = "wechat"
    shop, own, stranger = Pair(), Pair(), Pair()

    def __init__(self, context):
        self.server = GatewayServer(context, self.respond)
        self.trades = {}
        self.judge = WeChatPay(
            WeChatPayType.NATIVE,
            MERCHANT_ID,
            self.shop.private,
            SERIAL,
            APP_ID,
            API_KEY,
            public_key=self.own.public,
            public_key_id=PUBLIC_KEY_ID,
        )
        self.judge._core._gate_way = self.server.address

    def settings(self):
        return {
            "WECHAT_PAY": {
                "APP_ID": APP_ID,
                "MERCHANT_ID": MERCHANT_ID,
                "SERIAL": SERIAL,
                "PRIVATE_KEY": self.shop.private,
                "API_V3_KEY": API_KEY,
                "PUBLIC_KEY_ID": PUBLIC_KEY_ID,
                "PUBLIC_KEY": self.own.public,
                "GATEWAY": self.server.address,
            }
        }

    # What the shop asks ------------------------------------------------------------

    def respond(self, method, target, headers, body):
        if not self.is_signed(method, target, headers, body):
            return self.answer(401, {"code": "SIGN_ERROR", "message": "wrong"})
        path = urlsplit(target).path
        if path in BEGINNINGS:
            return self.begin(json.loads(body), *BEGINNINGS[path])
        if path == "/v3/refund/domestic/refunds":
            return self.send_back(json.loads(body))
        assert target.endswith(f"?mchid={MERCHANT_ID}")
        trade = self.trades.get(path.rpartition("/")[2])
        if trade is None:
            return self.answer(404, {"code": "ORDER_NOT_EXIST", "message": "none"})
        return self.answer(200, self.trade(path.rpartition("/")[2]))

    def is_signed(self, method, target, headers, body):
        """The SDK's own check, of the text that the SDK signs."""
        found = AUTHORIZATION.fullmatch(headers["authorization"])
        is_shop = (found["mchid"], found["serial"]) == (MERCHANT_ID, SERIAL)
        is_now = abs(time.time() - int(found["moment"])) < 300
        begin = f"{method}\n{target}\n{found['moment']}"
        return (
            is_shop
            and is_now
            and headers["wechatpay-serial"] == PUBLIC_KEY_ID
            and rsa_verify(
                begin,
                found["nonce"],
                body,
                found["signature"],
                self.shop.key.public_key(),
            )
        )

    def begin(self, asked, name, address):
        assert asked["appid"] == APP_ID
        assert asked["amount"]["currency"] == "CNY"
        trade = {"cents": asked["amount"]["total"], "state": OPEN, "asked": asked}
        self.trades.setdefault(asked["out_trade_no"], trade)
        return self.answer(200, {name: address + asked["out_trade_no"][:9]})

    def send_back(self, asked):
        trade = self.trades[asked["out_trade_no"]]
        if trade.get("is_poor"):
            return self.answer(403, {"code": "NOT_ENOUGH", "message": "poor"})
        if trade.get("is_unsure"):
            return self.answer(500, {"code": "SYSTEM_ERROR", "message": "unsure"})
        amount, refunds = asked["amount"], trade.setdefault("refunds", {})
        others = sum(refunds.values()) - refunds.get(asked["out_refund_no"], 0)
        if amount["total"] != trade["cents"]:
            return self.answer(400, {"code": "PARAM_ERROR", "message": "total"})
        if others + amount["refund"] > trade["cents"]:
            return self.answer(403, {"code": "NOT_ENOUGH", "message": "too much"})
        refunds[asked["out_refund_no"]] = amount["refund"]
        status = "PROCESSING" if trade.get("is_slow") else "SUCCESS"
        return self.answer(
            200, {"out_refund_no": asked["out_refund_no"], "status": status}
        )

    def trade(self, number, **changes):
        trade = self.trades[number]
        return {
            "appid": APP_ID,
            "mchid": MERCHANT_ID,
            "out_trade_no": number,
            "transaction_id": "4200" + number[:24],
            "trade_type": "NATIVE",
            "trade_state": trade["state"],
            "trade_state_desc": "说明",
            "amount": {"total": trade["cents"], "payer_total": 1, "currency": "CNY"},
            **changes,
        }

    def answer(self, status, said):
        body = json.dumps(said, ensure_ascii=False)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return status, headers | self.signature(body), body.encode()

    def signature(self, body, pair=None, moment=None, nonce=None, serial=None):
        moment = str(int(time.time())) if moment is None else moment
        nonce = nonce or secrets.token_hex(16)
        text = f"{moment}\n{nonce}\n{body}\n"
        return {
            "Wechatpay-Timestamp": moment,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial or PUBLIC_KEY_ID,
            "Wechatpay-Signature": rsa_sign((pair or self.own).key, text),
            "Wechatpay-Signature-Type": SCHEME,
        }

    # What happens there --------------------------------------------------------------

    def pay(self, payment, cents=None, state=PAID):
        cents = int(payment.amount * 100) if cents is None else cents
        self.trades[payment.number] = {"cents": cents, "state": state}

    def leave_open(self, payment):
        self.pay(payment, state=OPEN)

    def close(self, payment):
        self.pay(payment, state=CLOSED)

    def refunded(self, payment):
        return sum(self.trades[payment.number].get("refunds", {}).values())

    # What it says by itself ----------------------------------------------------

    def notice(self, payment, state=PAID, cents=None, key=API_KEY, signed=None, **more):
        """The arguments of a POST with its notice."""
        self.pay(payment, cents, state)
        trade = json.dumps(self.trade(payment.number, **more), ensure_ascii=False)
        nonce, extra = secrets.token_hex(6), "transaction"
        sealed = AESGCM(key.encode()).encrypt(
            nonce.encode(), trade.encode(), extra.encode()
        )
        said = {
            "id": "EV-2018022511223320873",
            "create_time": "2026-11-29T10:34:56+08:00",
            "resource_type": "encrypt-resource",
            "event_type": f"TRANSACTION.{state}",
            "summary": "支付成功",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(sealed).decode(),
                "associated_data": extra,
                "nonce": nonce,
            },
        }
        return self.post(said, **(signed or {}))

    def success(self, payment, cents=None, **changes):
        return self.notice(payment, PAID, cents, **changes)

    def failure(self, payment):
        return self.notice(payment, CLOSED)

    def unpaid(self, payment):
        return self.notice(payment, OPEN)

    def forged(self, payment):
        return self.notice(payment, signed={"pair": self.stranger})

    def tampered(self, payment):
        """Each notice with one thing of it changed after it was signed."""
        sent = self.success(payment)
        for name in sent["headers"]:
            value = sent["headers"][name]
            yield name, {**sent, "headers": {**sent["headers"], name: f"{value}0"}}
            rest = {k: v for k, v in sent["headers"].items() if k != name}
            if name != "Wechatpay-Signature-Type":
                yield f"no {name}", {**sent, "headers": rest}
        for field in ("event_type", "id", "summary"):
            said = json.loads(sent["data"])
            said[field] += "0"
            yield field, {**sent, "data": json.dumps(said, ensure_ascii=False)}
        yield "nothing", {**sent, "data": ""}

    def for_others(self, payment):
        """Well signed, but not for this shop, or not about money that came."""
        yield "appid", self.success(payment, appid="wx0000000000000009")
        yield "mchid", self.success(payment, mchid="1900000009")
        yield "amount", self.success(payment, amount={"total": "1", "currency": "CNY"})
        yield "currency", self.success(payment, amount={"total": 1, "currency": "USD"})
        yield "state", self.success(payment, trade_state="WISHED")
        yield "order", self.success(payment, out_trade_no="somebody-elses")
        yield "another API key", self.notice(payment, key="f" * 32)
        for said in ("[]", '{"event_type":"TRANSACTION.SUCCESS"}', "\ufeff", "["):
            yield said, self.post_text(said)
        early = {"moment": str(int(time.time()) - 301)}
        yield "too old", self.notice(payment, signed=early)
        late = {"moment": str(int(time.time()) + 310)}
        yield "too new", self.notice(payment, signed=late)
        yield "no moment", self.notice(payment, signed={"moment": "now"})
        yield "serial", self.notice(payment, signed={"serial": "PUB_KEY_ID_1"})

    def post(self, said, **signed):
        return self.post_text(json.dumps(said, ensure_ascii=False), **signed)

    def post_text(self, body, **signed):
        return {
            "data": body,
            "content_type": "application/json",
            "headers": self.signature(body, **signed),
        }

    def is_good(self, response):
        return (response.status_code, response.content) == (204, b"")

    def is_refused(self, response):
        return (response.status_code, response.json()["code"]) == (400, "FAIL")
