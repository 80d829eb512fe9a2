"""Aliyun's SMS gateway, by its documented HTTP call and without its SDK.

The call is SendSms of the product Dysmsapi, version 2017-05-25
(https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms),
signed as "V3 request structure and signature" says, ACS3-HMAC-SHA256
(https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature).
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from urllib.parse import quote

from django.utils import timezone

from shop import https
from shop.messages import NotSent, Undeliverable
from shop.sms.aliyun_account import Account, Template
from shop.sms.text_message import TextMessage

# A message is sent inside the shopper's request, right after its commit: five seconds
# in all, then the queue has it.
CONNECT_SECONDS, ANSWER_SECONDS = 2, 3
#: What Aliyun takes for one word of a template.
LONGEST_WORD = 35

#: Faults of this one message, or of its signature or template: to try again is in vain.
#: All others can pass by themselves (limits, outages) or be mended by the operator
#: while the messages wait (money, keys, rights): docs/decisions/0007.
FINAL = frozenset(
    {
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.INVALID_JSON_PARAM",
        "isv.INVALID_PARAMETERS",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.SIGN_NAME_ILLEGAL",
        "isv.SIGN_STATE_ILLEGAL",
        "isv.SMS_CONTENT_ILLEGAL",
        "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE",
        "isv.SMS_SIGN_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.UNSUPPORTED_CONTENT",
    }
)


def send(message: TextMessage, url: str) -> None:
    """Send one message by template. Raises Undeliverable, NotSent or OSError."""
    account = Account.read(url)
    template = account.template_for(
        message.kind, message.language, is_secret=message.is_secret
    )
    if template is None:
        raise Undeliverable(f"SMS_URL names no template for {message.kind}")
    query = canonical_query(
        {
            "PhoneNumbers": message.receiver,
            "SignName": account.sign,
            "TemplateCode": template.code,
            "TemplateParam": _template_words(message, template),
            # An operator finds the message by it in Aliyun's console.
            "OutId": message.number,
        }
    )
    status, body = _ask(account, query)
    _judge(status, body)


def _template_words(message: TextMessage, template: Template) -> str:
    # A word too many can be refused like one too few. Of a code's template only the
    # code is known; what else it takes, SMS_URL has to say.
    # Of others all words but addresses, which Aliyun takes in no word.
    others = tuple(k for k, word in message.words.items() if "://" not in word)
    by_default = ("code",) if message.is_secret else others
    wanted = by_default if template.words is None else template.words
    lacking = [name for name in wanted if not message.words.get(name)]
    if lacking:
        raise Undeliverable(f"{message.kind} has no word {', '.join(lacking)}")
    words = {name: _fitting(message.words[name]) for name in wanted}
    return json.dumps(words, ensure_ascii=False)


def _fitting(word: str) -> str:
    line = " ".join(word.split())
    return line if len(line) <= LONGEST_WORD else f"{line[: LONGEST_WORD - 1]}…"


# The signed call -----------------------------------------------------------------


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Write parameters as they are signed and sent: sorted, encoded by RFC 3986."""
    pairs = sorted(
        (quote(n, safe=""), quote(v, safe="")) for n, v in parameters.items()
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def authorization(key: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """Sign a POST to / without a body; `headers` are all that it signs."""
    names = sorted(headers)
    signed = ";".join(names)
    request = "\n".join(
        (
            "POST",
            "/",
            query,
            *(f"{name}:{headers[name].strip()}" for name in names),
            "",
            signed,
            headers["x-acs-content-sha256"],
        )
    )
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    parts = (f"Credential={key}", f"SignedHeaders={signed}", f"Signature={signature}")
    return f"ACS3-HMAC-SHA256 {','.join(parts)}"


def _ask(account: Account, query: str) -> tuple[int, bytes]:
    """Make the call; return status and body of the answer. No redirect is followed."""
    is_usual = account.port == 443
    signed = {
        "host": account.host if is_usual else f"{account.host}:{account.port}",
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        # The machine's time, not the shop's: Aliyun compares it with its own.
        "x-acs-date": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2017-05-25",
    }
    headers = signed | {
        # Without it the answer would be XML.
        "accept": "application/json",
        "authorization": authorization(account.key, account.secret, query, signed),
    }
    try:
        answer = https.ask(
            "POST",
            f"https://{account.host}:{account.port}/?{query}",
            headers=headers,
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=ANSWER_SECONDS,
        )
    except https.NoAnswer as error:
        raise NotSent(str(error)) from None
    return answer.status, answer.body


# The answer ----------------------------------------------------------------------


def _judge(status: int, body: bytes) -> None:
    """Return if the gateway took the message, raise what became of it otherwise."""
    code = _code(body)
    if status == 200 and code == "OK":
        return
    if code in FINAL:
        raise Undeliverable(code)
    raise NotSent(code if code and code != "OK" else f"HTTP {status}")


def _code(body: bytes) -> str:
    """Read the answer's Code; empty when it is none. Its Message may quote the text."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = answer.get("Code") if isinstance(answer, dict) else None
    is_code = isinstance(code, str) and re.fullmatch(r"[A-Za-z][\w.:-]{0,79}", code)
    return str(code) if is_code else ""
