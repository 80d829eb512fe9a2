"""Alipay, by its documented calls and without its SDK (docs/decisions/0015).

Its open platform names them: alipay.trade.page.pay, alipay.trade.wap.pay on phones,
alipay.trade.query,
alipay.trade.refund, alipay.trade.fastpay.refund.query and the asynchronous notice of a
payment; all signed with RSA2, which is RSA with SHA-256
(https://opendocs.alipay.com/open/270/105898 and /open/270/105902).
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orders.gateways import rsa
from orders.gateways.accounts import AlipayAccount, account_of_notice, is_whole
from orders.gateways.base import (
    Addresses,
    BadNotice,
    NoAnswer,
    Notice,
    Refused,
    closes_at,
    code_of,
    plain_answer,
    still_open,
    subject_of,
)
from orders.models import Payment, PaymentStatus, Refund
from shop import https, money

#: Alipay's moments are those of China, wherever the shop is.
CHINA, MOMENT = ZoneInfo("Asia/Shanghai"), "%Y-%m-%d %H:%M:%S"
#: The call that leads to Alipay's till, and the product it names. A phone's leads into
#: Alipay's app where there is one.
PAGE = ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY")
PHONE = ("alipay.trade.wap.pay", "QUICK_WAP_WAY")
#: What a trade can be. A refund in full closes a paid one, which stays paid with us.
STATES = {
    "WAIT_BUYER_PAY": PaymentStatus.OPEN,
    "TRADE_SUCCESS": PaymentStatus.PAID,
    "TRADE_FINISHED": PaymentStatus.PAID,
    "TRADE_CLOSED": PaymentStatus.FAILED,
}
DONE, UNKNOWN_TRADE = "10000", "ACQ.TRADE_NOT_EXIST"
#: The code of a no, but for the reason that leaves open what was done.
NO, UNSURE = "40004", "ACQ.SYSTEM_ERROR"


class Alipay:
    name = "alipay"

    def is_available(self) -> bool:
        return is_whole("ALIPAY")

    def start(self, payment: Payment, addresses: Addresses) -> str:
        """Sign the address of Alipay's own till; nobody is asked for it."""
        account = AlipayAccount.read()
        method, product = PHONE if addresses.is_on_phone else PAGE
        content = {
            "out_trade_no": payment.number,
            "total_amount": money.plain(payment.amount),
            "subject": subject_of(payment),
            "product_code": product,
            "time_expire": closes_at(payment).astimezone(CHINA).strftime(MOMENT),
        }
        if addresses.is_on_phone:
            content["quit_url"] = addresses.page
        call = _call(
            account,
            method,
            content,
            notify_url=addresses.notify,
            return_url=addresses.page,
        )
        return f"{account.gateway}?{urlencode(call)}"

    def read_notice(self, request: HttpRequest) -> Notice | None:
        account = account_of_notice(AlipayAccount.read)
        said = {name: values[-1] for name, values in request.POST.lists()}
        if any(len(values) > 1 for _name, values in request.POST.lists()):
            raise BadNotice("a field twice")
        signature, kind = said.pop("sign", ""), said.pop("sign_type", "")
        if kind != "RSA2":
            raise BadNotice("sign_type")
        if not rsa.is_signed(account.public_key, signed_text(said), signature):
            raise BadNotice("signature")
        if said.get("app_id") != account.app_id:
            raise BadNotice("app_id")
        if said.get("seller_id") != account.seller_id:
            raise BadNotice("seller_id")
        return _notice(said)

    def answer(self, *, is_taken: bool) -> HttpResponse:
        return plain_answer(is_taken=is_taken)

    def query(self, payment: Payment) -> Notice:
        said = _ask("alipay.trade.query", {"out_trade_no": payment.number})
        if said.get("sub_code") == UNKNOWN_TRADE:
            # Nobody has opened Alipay's till for it yet.
            return still_open(payment)
        _refuse_unless_done(said, payment)
        try:
            return _notice(said)
        except BadNotice as reason:
            raise NoAnswer(str(reason)) from None

    def refund(self, refund: Refund) -> bool:
        refunded = {
            "out_trade_no": refund.payment.number,
            "out_request_no": refund.number,
        }
        amount = {"refund_amount": money.plain(refund.amount)}
        said = _ask("alipay.trade.refund", refunded | amount)
        _refuse_unless_done(said, refund.payment)
        if said.get("fund_change") == "Y":
            return True
        # Asked before, or still at work: "N" does not tell which.
        said = _ask("alipay.trade.fastpay.refund.query", refunded)
        _refuse_unless_done(said, refund.payment)
        return said.get("refund_status") == "REFUND_SUCCESS"


# Signed calls ---------------------------------------------------------------------


def signed_text(said: dict[str, str]) -> str:
    """Write fields as they are signed: sorted by name, joined, not encoded."""
    return "&".join(f"{name}={said[name]}" for name in sorted(said))


def _call(
    account: AlipayAccount, method: str, content: dict[str, str], **others: str
) -> dict[str, str]:
    call = {
        "app_id": account.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        # The machine's time, not the shop's: Alipay compares it with its own.
        "timestamp": timezone.now().astimezone(CHINA).strftime(MOMENT),
        "version": "1.0",
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        **others,
    }
    return call | {"sign": rsa.sign(account.private_key, signed_text(call))}


def _ask(method: str, content: dict[str, str]) -> dict[str, Any]:
    """Call Alipay; return what it says, its signature checked. Raises NoAnswer."""
    account = AlipayAccount.read()
    answer = https.ask(
        "POST",
        f"{account.gateway}?charset=utf-8",
        headers={"content-type": "application/x-www-form-urlencoded;charset=utf-8"},
        body=urlencode(_call(account, method, content)).encode(),
    )
    return _read(account, answer, f"{method.replace('.', '_')}_response")


def _read(account: AlipayAccount, answer: https.Answer, name: str) -> dict[str, Any]:
    text, mark = answer.text, f'"{name}":'
    start = text.find(mark) + len(mark)
    try:
        whole = json.loads(text)
        # The signature is of these very characters, so they are what is read.
        said, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        raise NoAnswer(f"HTTP {answer.status}") from None
    if not isinstance(whole, dict) or not isinstance(said, dict) or name not in whole:
        raise NoAnswer(f"HTTP {answer.status}")
    signature = str(whole.get("sign", ""))
    if not rsa.is_signed(account.public_key, text[start:end], signature):
        raise NoAnswer("signature")
    return said


# What was said ----------------------------------------------------------------------


def _refuse_unless_done(said: dict[str, Any], payment: Payment) -> None:
    if said.get("code") != DONE:
        code = code_of(said.get("sub_code") or said.get("code"))
        is_no = said.get("code") == NO and code != UNSURE
        raise Refused(code) if is_no else NoAnswer(code)
    if said.get("out_trade_no") != payment.number:
        raise NoAnswer("out_trade_no")


def _notice(said: dict[str, Any]) -> Notice:
    status = STATES.get(str(said.get("trade_status")))
    if status is None:
        raise BadNotice("trade_status")
    return Notice(
        payment_number=str(said.get("out_trade_no")),
        amount=_amount(said) if status == PaymentStatus.PAID else None,
        reference=str(said.get("trade_no", ""))[:64],
        status=status,
    )


def _amount(said: dict[str, Any]) -> Decimal:
    try:
        return Decimal(str(said.get("total_amount")))
    except InvalidOperation:
        raise BadNotice("total_amount") from None
