"""Kuaidi100 (快递100), which knows the parcels of all four carriers.

The call is its real-time query, poll/query.do, signed with the MD5 of the question, the
key and the customer (https://api.kuaidi100.com/document/5f0ffb5ebc8da837cbd8aefc).
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

from orders.carriers.base import NoAnswer, Scan
from orders.models import Carrier, Parcel, ScanKind
from shop import clock, https

HOST = "poll.kuaidi100.com"
#: What it calls the carriers.
COMPANIES = {
    Carrier.SF: "shunfeng",
    Carrier.YTO: "yuantong",
    Carrier.ZTO: "zhongtong",
    Carrier.JD: "jd",
}
#: It is asked with `resultv2=4`, so each line has a state. Three digits are a case of
#: the first one; what is not here is some way of being on its way.
KINDS = {
    "1": ScanKind.COLLECTED,
    "2": ScanKind.PROBLEM,  # in doubt
    "3": ScanKind.SIGNED,
    "4": ScanKind.PROBLEM,  # refused, and signed for by the sender
    "5": ScanKind.DELIVERING,
    "6": ScanKind.PROBLEM,  # on its way back
    "14": ScanKind.PROBLEM,  # refused
}
#: Its moments have no offset; they are China's.
CHINA = ZoneInfo("Asia/Shanghai")
#: "Nothing found, ask again later": it knows nothing of this number yet.
NOTHING_FOUND = "500"
#: A clock over there may run a little ahead of ours.
AHEAD = timedelta(minutes=5)


class Kuaidi100:
    """Asked by `kuaidi100://CUSTOMER:KEY@/`, both percent-encoded."""

    name = "kuaidi100"

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.customer = unquote(parts.username or "")
        self._key = unquote(parts.password or "")
        self.address = (
            f"https://{parts.netloc.rpartition('@')[2] or HOST}/poll/query.do"
        )
        if not self.customer or not self._key:
            raise ImproperlyConfigured("TRACKING_URL lacks the customer or the key")

    def is_available(self) -> bool:
        return True

    def scans_of(self, parcel: Parcel) -> list[Scan]:
        question = _question_about(parcel)
        signed = hashlib.md5(
            f"{question}{self._key}{self.customer}".encode(), usedforsecurity=False
        )
        form = {
            "customer": self.customer,
            "sign": signed.hexdigest().upper(),
            "param": question,
        }
        answer = https.ask(
            "POST",
            self.address,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return _read(answer)


def _question_about(parcel: Parcel) -> str:
    question = {
        "com": COMPANIES[Carrier(parcel.carrier)],
        "num": parcel.tracking_number,
        # SF tells nothing without the last digits of the receiver's phone.
        "phone": str(parcel.order.phone)[-4:],
        "resultv2": "4",
    }
    return json.dumps(question, ensure_ascii=False, separators=(",", ":"))


def _read(answer: https.Answer) -> list[Scan]:
    try:
        said: Any = json.loads(answer.text)
        if str(said.get("returnCode", "")) == NOTHING_FOUND:
            return []
        scans = [_scan(line) for line in said["data"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswer(f"HTTP {answer.status}, {type(error).__name__}") from None
    latest = clock.now() + AHEAD
    return [scan for scan in scans if scan.at <= latest]


def _scan(line: dict[str, Any]) -> Scan:
    at = datetime.fromisoformat(str(line["ftime"])).replace(tzinfo=CHINA)
    state = str(line.get("statusCode") or "0")
    kind = KINDS.get(state[0] if len(state) == 3 else state, ScanKind.MOVING)
    return Scan(at, kind, " ".join(str(line["context"]).split()))
