"""Alipay on this machine, judged by python-alipay-sdk."""

import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

from alipay import AliPay

from orders.tests.gateways.server import GatewayServer, Pair

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"
FORM = "application/x-www-form-urlencoded"
PAID, OPEN, CLOSED = "TRADE_SUCCESS", "WAIT_BUYER_PAY", "TRADE_CLOSED"


class AlipayHere:
    """The gateway; `judge` is the SDK as another shop would use it."""

    name = "alipay"
    shop, own, stranger = Pair(), Pair(), Pair()

    def __init__(self, context):
        self.server = GatewayServer(context, self.respond)
        self.trades = {}
        self.side = AliPay(APP_ID, None, self.own.private, self.shop.public)
        self.judge = AliPay(APP_ID, None, self.shop.private, self.own.public)
        self.forger = AliPay(APP_ID, None, self.stranger.private, self.own.public)

    def settings(self):
        return {
            "ALIPAY": {
                "APP_ID": APP_ID,
                "SELLER_ID": SELLER_ID,
                "PRIVATE_KEY": self.shop.private,
                "PUBLIC_KEY": self.own.public,
                "GATEWAY": f"{self.server.address}/gateway.do",
            }
        }

    # What the shop asks ------------------------------------------------------------

    def respond(self, method, target, headers, body):
        call = dict(parse_qsl(body or urlsplit(target).query, strict_parsing=True))
        name = call["method"].replace(".", "_") + "_response"
        if not self.is_signed(call):
            said = {"code": "40002", "sub_code": "isv.invalid-signature"}
            return 200, {}, json.dumps({"error_response": said}).encode()
        said = getattr(self, call["method"].replace(".", "_"))(
            json.loads(call["biz_content"])
        )
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        sign = self.side._sign(text)
        answer = f'{{"{name}":{text},"sign":"{sign}"}}'
        return 200, {"content-type": "text/html;charset=utf-8"}, answer.encode()

    def is_signed(self, call):
        """The SDK's own word for it: the text that it signs, and its check."""
        unsigned = {k: v for k, v in call.items() if k != "sign"}
        text = "&".join(f"{k}={v}" for k, v in self.side._ordered_data(unsigned))
        assert unsigned["sign_type"] == "RSA2"
        return self.side._verify(text, call["sign"])

    def alipay_trade_query(self, asked):
        trade = self.trades.get(asked["out_trade_no"])
        if trade is None:
            return {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        return {
            "code": "10000",
            "msg": "Success",
            "buyer_logon_id": '顾客{"}***@example.com',
            "out_trade_no": asked["out_trade_no"],
            "trade_no": "2026" + asked["out_trade_no"][:20],
            "total_amount": money(trade["cents"]),
            "trade_status": trade["state"],
        }

    def alipay_trade_refund(self, asked):
        trade = self.trades[asked["out_trade_no"]]
        if trade.get("is_unsure"):
            return {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}
        if trade.get("is_poor"):
            return {"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}
        refunds = trade.setdefault("refunds", {})
        is_new = asked["out_request_no"] not in refunds
        cents = int(Decimal(asked["refund_amount"]) * 100)
        if is_new and sum(refunds.values()) + cents > trade["cents"]:
            return {"code": "40004", "sub_code": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
        refunds[asked["out_request_no"]] = cents
        return {
            "code": "10000",
            "out_trade_no": asked["out_trade_no"],
            "fund_change": "Y" if is_new and not trade.get("is_slow") else "N",
        }

    def alipay_trade_fastpay_refund_query(self, asked):
        trade = self.trades[asked["out_trade_no"]]
        is_known = asked["out_request_no"] in trade.get("refunds", {})
        has_arrived = is_known and not trade.get("is_slow")
        return {
            "code": "10000",
            "out_trade_no": asked["out_trade_no"],
            "out_request_no": asked["out_request_no"],
            **({"refund_status": "REFUND_SUCCESS"} if has_arrived else {}),
        }

    # What happens there --------------------------------------------------------------

    def pay(self, payment, cents=None):
        cents = int(payment.amount * 100) if cents is None else cents
        self.trades[payment.number] = {"cents": cents, "state": PAID}

    def leave_open(self, payment):
        self.pay(payment)
        self.trades[payment.number]["state"] = OPEN

    def close(self, payment):
        self.pay(payment)
        self.trades[payment.number]["state"] = CLOSED

    def refunded(self, payment):
        return sum(self.trades[payment.number].get("refunds", {}).values())

    # What it says by itself ----------------------------------------------------

    def notice(self, payment, state=PAID, cents=None, sdk=None, **changes):
        """The arguments of a POST with its notice, signed by the SDK."""
        cents = int(payment.amount * 100) if cents is None else cents
        said = {
            "app_id": APP_ID,
            "seller_id": SELLER_ID,
            "notify_type": "trade_status_sync",
            "notify_id": "ac05099524730693a8b330c5ecf72da9786",
            "subject": "电光集市 & 订单 100%",
            "out_trade_no": payment.number,
            "trade_no": "2026" + payment.number[:20],
            "total_amount": money(cents),
            "trade_status": state,
            **changes,
        }
        text = "&".join(f"{k}={v}" for k, v in self.side._ordered_data(dict(said)))
        sign = (sdk or self.side)._sign(text)
        return self.post({**said, "sign_type": "RSA2", "sign": sign})

    def success(self, payment, cents=None, **changes):
        return self.notice(payment, PAID, cents, **changes)

    def failure(self, payment):
        return self.notice(payment, CLOSED)

    def unpaid(self, payment):
        return self.notice(payment, OPEN)

    def forged(self, payment):
        return self.notice(payment, sdk=self.forger)

    def tampered(self, payment):
        """Each notice with one thing of it changed after it was signed."""
        said = dict(parse_qsl(self.success(payment)["data"]))
        for field in said:
            yield field, self.post({**said, field: said[field] + "0"})
            yield f"no {field}", self.post({k: said[k] for k in said if k != field})
        yield "one more", self.post({**said, "extra": "1"})

    def for_others(self, payment):
        """Well signed, but not for this shop, or not about money that came."""
        yield "app_id", self.success(payment, app_id="2021000000000009")
        yield "seller_id", self.success(payment, seller_id="2088000000000009")
        yield "amount", self.success(payment, total_amount="NaN")
        yield "state", self.success(payment, trade_status="TRADE_WISHED")
        yield "order", self.success(payment, out_trade_no="somebody-elses")

    def post(self, said):
        return {"data": urlencode(said), "content_type": FORM}

    def is_good(self, response):
        return (response.status_code, response.content) == (200, b"success")

    def is_refused(self, response):
        return (response.status_code, response.content) == (400, b"fail")


def money(cents):
    return f"{Decimal(cents) / 100:.2f}"
