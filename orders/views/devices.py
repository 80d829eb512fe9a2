"""What a browser runs on, as far as gateways care."""

import re

from django.http import HttpRequest

PHONE = re.compile(r"Mobi|Android", re.IGNORECASE)
#: WeChat's own browser opens neither Alipay nor, from a page like ours, WeChat Pay.
WECHAT = "MicroMessenger"


def is_on_phone(request: HttpRequest) -> bool:
    """Tell whether the browser runs on a phone that can open a gateway's app.

    By what it says of itself: who says something else gets the page of a desk.
    """
    agent = request.headers.get("User-Agent", "")
    return bool(PHONE.search(agent)) and WECHAT not in agent


def way_of(request: HttpRequest) -> str:
    """Return the mark of payments that begin on a phone, "" for those of a desk."""
    return "-phone" if is_on_phone(request) else ""
