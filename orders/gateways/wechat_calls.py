"""How WeChat Pay and the shop sign what they say to each other.

WECHATPAY2-SHA256-RSA2048: RSA with SHA-256 over lines that end in a newline each
(https://pay.weixin.qq.com/doc/v3/merchant/4012365342 and /4012365350).
"""

import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from orders.gateways import replay, rsa
from orders.gateways.accounts import WechatAccount
from orders.gateways.base import BadNotice, NoAnswer, Refused, code_of
from shop import https

SCHEME = "WECHATPAY2-SHA256-RSA2048"
#: A clear no; 401 is about the shop's own key, 429 and 500 leave open what was done.
NO = (400, 403, 404)


def ask(
    account: WechatAccount, method: str, target: str, content: Any = None
) -> dict[str, Any]:
    """Call WeChat Pay; return what it says, its signature checked. Raises NoAnswer."""
    body = "" if content is None else json.dumps(content, ensure_ascii=False)
    # What is signed is the path as the gateway sees it.
    target = urlsplit(account.gateway).path.rstrip("/") + target
    answer = https.ask(
        method,
        f"https://{urlsplit(account.gateway).netloc}{target}",
        headers=_headers(account, method, target, body),
        body=body.encode(),
    )
    text = answer.text
    try:
        said = json_of(text)
    except BadNotice:
        raise NoAnswer(f"HTTP {answer.status}") from None
    reason = why_unsigned(account, answer.headers, text)
    if answer.status >= 300:
        is_no = answer.status in NO and not reason
        raise (Refused if is_no else NoAnswer)(code_of(said.get("code")))
    if reason:
        raise NoAnswer(reason)
    return said


def _headers(
    account: WechatAccount, method: str, target: str, body: str
) -> dict[str, str]:
    return {
        "accept": "application/json",
        "content-type": "application/json",
        "user-agent": "shop",
        "wechatpay-serial": account.public_key_id,
        "authorization": _authorization(account, method, target, body),
    }


def _authorization(account: WechatAccount, method: str, target: str, body: str) -> str:
    # The machine's time, not the shop's: WeChat Pay compares it with its own.
    moment, nonce = str(int(timezone.now().timestamp())), secrets.token_hex(16)
    text = f"{method}\n{target}\n{moment}\n{nonce}\n{body}\n"
    fields = {
        "mchid": account.merchant_id,
        "nonce_str": nonce,
        "signature": rsa.sign(account.private_key, text),
        "timestamp": moment,
        "serial_no": account.serial,
    }
    return f"{SCHEME} " + ",".join(f'{n}="{value}"' for n, value in fields.items())


def why_unsigned(account: WechatAccount, headers: Any, body: str) -> str:
    """Say why WeChat Pay did not sign this just now; empty: it did."""

    def header(name: str) -> str:
        return str(headers.get(f"Wechatpay-{name}") or "")

    if header("Signature-Type") not in ("", SCHEME):
        return "signature type"
    if header("Serial") != account.public_key_id:
        return "serial"
    moment, nonce = header("Timestamp"), header("Nonce")
    text = f"{moment}\n{nonce}\n{body}\n"
    if not nonce or not rsa.is_signed(account.public_key, text, header("Signature")):
        return "signature"
    return "" if replay.is_timely(moment) else "timestamp"


def json_of(text: str) -> dict[str, Any]:
    """Read a JSON object. Raises BadNotice."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadNotice("no JSON") from None
    if not isinstance(said, dict):
        raise BadNotice("no JSON object")
    return said
