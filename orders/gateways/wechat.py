"""WeChat Pay, version 3 of its interface, without its SDK (docs/decisions/0015).

Its merchant documentation names the calls: Native order
(/v3/pay/transactions/native), H5 order (/v3/pay/transactions/h5) in browsers of
phones, query by the merchant's number, refund
(/v3/refund/domestic/refunds) and the notice of a payment; with "WECHATPAY2-SHA256-
RSA2048" signatures both ways and notices encrypted with AEAD_AES_256_GCM
(https://pay.weixin.qq.com/doc/v3/merchant/4012791874, /4012791834 and /4012365342).
"""

import base64
import binascii
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.http import HttpRequest, HttpResponse, JsonResponse

from orders.gateways import replay
from orders.gateways.accounts import WechatAccount, account_of_notice, is_whole
from orders.gateways.base import (
    Addresses,
    BadNotice,
    NoAnswer,
    Notice,
    Refused,
    closes_at,
    code_of,
    still_open,
    subject_of,
)
from orders.gateways.wechat_calls import ask, json_of, why_unsigned
from orders.models import Payment, PaymentStatus, Refund

CIPHER = "AEAD_AES_256_GCM"
#: The ways to begin a trade: where the answer's address stands, and how it begins.
WAYS = {"native": ("code_url", "weixin://"), "h5": ("h5_url", "https://")}
#: What a trade can be. REFUND: it was paid, and some of it went back.
STATES = {
    "SUCCESS": PaymentStatus.PAID,
    "REFUND": PaymentStatus.PAID,
    "NOTPAY": PaymentStatus.OPEN,
    "USERPAYING": PaymentStatus.OPEN,
    "CLOSED": PaymentStatus.FAILED,
    "REVOKED": PaymentStatus.FAILED,
    "PAYERROR": PaymentStatus.FAILED,
}
ON_ITS_WAY, ARRIVED = "PROCESSING", "SUCCESS"
#: The buyer's card cannot take it, or the refund was called off.
NEVER = ("ABNORMAL", "CLOSED")


class WechatPay:
    name = "wechat"

    def is_available(self) -> bool:
        return is_whole("WECHAT_PAY")

    def start(self, payment: Payment, addresses: Addresses) -> str:
        """Return what the QR code says, or on a phone the way into WeChat.

        Asked again, it is the same trade.
        """
        if addresses.is_on_phone:
            scene = {"payer_client_ip": addresses.shopper, "h5_info": {"type": "Wap"}}
            url = _begin(payment, addresses, "h5", scene_info=scene)
            return f"{url}&{urlencode({'redirect_url': addresses.page})}"
        return _begin(payment, addresses, "native")

    def read_notice(self, request: HttpRequest) -> Notice | None:
        account = account_of_notice(WechatAccount.read)
        body = _text_of(request)
        if reason := why_unsigned(account, request.headers, body):
            raise BadNotice(reason)
        if replay.is_replayed(self.name, request.headers["Wechatpay-Nonce"]):
            raise BadNotice("replayed")
        said = json_of(body)
        if not str(said.get("event_type", "")).startswith("TRANSACTION."):
            return None
        return _notice(account, _decrypted(account, said))

    def answer(self, *, is_taken: bool) -> HttpResponse:
        if is_taken:
            return HttpResponse(status=204)
        return JsonResponse({"code": "FAIL", "message": "refused"}, status=400)

    def query(self, payment: Payment) -> Notice:
        account = WechatAccount.read()
        path = f"/v3/pay/transactions/out-trade-no/{payment.number}"
        try:
            said = ask(account, "GET", f"{path}?mchid={account.merchant_id}")
        except NoAnswer as reason:
            if str(reason) not in ("ORDER_NOT_EXIST", "ORDERNOTEXIST"):
                raise
            return still_open(payment)
        try:
            notice = _notice(account, said)
        except BadNotice as reason:
            raise NoAnswer(str(reason)) from None
        if notice.payment_number != payment.number:
            raise NoAnswer("out_trade_no")
        return notice

    def refund(self, refund: Refund) -> bool:
        said = ask(
            WechatAccount.read(),
            "POST",
            "/v3/refund/domestic/refunds",
            {
                "out_trade_no": refund.payment.number,
                "out_refund_no": refund.number,
                "amount": {
                    "refund": _cents(refund.amount),
                    "total": _cents(refund.payment.amount),
                    "currency": "CNY",
                },
            },
        )
        if said.get("out_refund_no") != refund.number:
            raise NoAnswer("out_refund_no")
        status = str(said.get("status"))
        if status in NEVER:
            raise Refused(status)
        if status not in (ON_ITS_WAY, ARRIVED):
            raise NoAnswer(code_of(status))
        return status == ARRIVED


# What is asked ----------------------------------------------------------------------


def _begin(payment: Payment, addresses: Addresses, way: str, **more: Any) -> str:
    """Begin a trade in one of WAYS; return the address that WeChat Pay says."""
    account, (name, scheme) = WechatAccount.read(), WAYS[way]
    said = ask(
        account,
        "POST",
        f"/v3/pay/transactions/{way}",
        {
            "appid": account.app_id,
            "mchid": account.merchant_id,
            "description": subject_of(payment),
            "out_trade_no": payment.number,
            "time_expire": closes_at(payment).isoformat(timespec="seconds"),
            "notify_url": addresses.notify,
            "amount": {"total": _cents(payment.amount), "currency": "CNY"},
            **more,
        },
    )
    url = str(said.get(name, ""))
    if not url.startswith(scheme):
        raise NoAnswer(name)
    return url


# What was said ----------------------------------------------------------------------


def _text_of(request: HttpRequest) -> str:
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        raise BadNotice("no UTF-8") from None


def _decrypted(account: WechatAccount, said: dict[str, Any]) -> dict[str, Any]:
    resource = said.get("resource")
    if not isinstance(resource, dict) or resource.get("algorithm") != CIPHER:
        raise BadNotice("algorithm")
    nonce, extra = (str(resource.get(n) or "") for n in ("nonce", "associated_data"))
    try:
        text = AESGCM(account.api_key).decrypt(
            nonce.encode(),
            base64.b64decode(str(resource.get("ciphertext")), validate=True),
            extra.encode(),
        )
        return json_of(text.decode())
    except (InvalidTag, ValueError, binascii.Error):
        raise BadNotice("encryption") from None


def _notice(account: WechatAccount, said: dict[str, Any]) -> Notice:
    if said.get("mchid") != account.merchant_id:
        raise BadNotice("mchid")
    if said.get("appid") != account.app_id:
        raise BadNotice("appid")
    status = STATES.get(str(said.get("trade_state")))
    if status is None:
        raise BadNotice("trade_state")
    return Notice(
        payment_number=str(said.get("out_trade_no")),
        amount=_amount(said) if status == PaymentStatus.PAID else None,
        reference=str(said.get("transaction_id") or "")[:64],
        status=status,
    )


def _amount(said: dict[str, Any]) -> Decimal:
    amount = said.get("amount")
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise BadNotice("amount")
    total = amount.get("total")
    if type(total) is not int:
        raise BadNotice("amount")
    return Decimal(total).scaleb(-2)


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
