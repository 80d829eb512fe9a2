"""Reading pages, and asking for JSON, in tests."""

import re
from html import unescape

JSON = {"Accept": "application/json"}


def marked(response, mark):
    """Return the attributes of every element with this `data-test`, in order."""
    html = response.content.decode()
    tags = re.findall(rf'<[a-z0-9]+ [^>]*data-test="{mark}"[^>]*>', html)
    return [_attributes(tag) for tag in tags]


def field(response, name):
    """Return the value of the first input of this name."""
    html = response.content.decode()
    tag = re.search(rf'<input [^>]*name="{name}"[^>]*>', html)
    return _attributes(tag[0]).get("value") if tag else None


def alerts(response):
    """Return what is announced as an error, as one text."""
    html = response.content.decode()
    return " ".join(re.findall(r'role="alert">(.*?)</div>', html, re.S))


def _attributes(tag):
    return {
        key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)
    }
