"""The staff's door as tests use it: signing in, tokens, setting up."""

import re
from urllib.parse import urlsplit

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Authenticator
from accounts.tests.factories import PASSWORD
from accounts.tests.totp import token_of

PHONE = "13600136000"
HOME, BEGIN, QR, CODES, TOKEN, REMOVE, NEW_CODES = (
    "/admin/second-factor/",
    "/admin/second-factor/begin/",
    "/admin/second-factor/qr/",
    "/admin/second-factor/codes/",
    "/admin/second-factor/token/",
    "/admin/second-factor/remove/",
    "/admin/second-factor/codes/new/",
)
LOGIN = "/admin/login/"
#: In the midst of a half minute, so that a slow test stays in it.
NOON = 1_800_000_015


def set_up(user):
    """Give an account a second factor without the pages."""
    return Authenticator.objects.create(
        user=user, confirmed=True, hidden_key=Authenticator.new_key()
    )


def sign_in(client=None, phone=PHONE, **fields):
    client = client or Client()
    response = client.post(LOGIN, {"username": phone, "password": PASSWORD, **fields})
    assert response.status_code == 302
    return client


def give(client, token, **fields):
    return client.post(TOKEN, {"token": token, **fields})


def impatient(device):
    """Let the pause after a wrong token be over."""
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=None)


def is_inside(client):
    return client.get("/admin/").status_code == 200


def is_at(response, page):
    return response.status_code == 302 and urlsplit(response.url).path == page


def wrong(token):
    return f"{(int(token) + 1) % 1_000_000:06}"


def every_admin_address():
    """Return a path for every pattern of the admin, with made-up arguments."""

    def walk(resolver, prefix):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, prefix + _path_of(entry))
            elif isinstance(entry, URLPattern):
                yield prefix + _path_of(entry)

    for entry in get_resolver().url_patterns:
        if getattr(entry, "namespace", "") == "admin":
            yield from walk(entry, "/admin/")


def _path_of(entry):
    text = str(entry.pattern).strip("^")
    text = re.sub(r"\(\?P<app_label>([a-z]+)[^)]*\)", r"\1", text)
    text = re.sub(r"\(\?P<url>\.\*\)", "no/such/page/", text)
    text = re.sub(r"<[^>]*>", "1", text)
    return text.replace("$", "").replace("\\", "")


def begin(client):
    assert is_at(client.post(BEGIN), HOME)
    page = client.get(HOME)
    return re.search(r'data-test="key">([A-Z2-7 ]+)<', page.text)[1]


def enrol(client):
    key = begin(client)
    response = client.post(HOME, {"token": token_of(key, at=NOON)})
    assert is_at(response, CODES), response.text
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", client.get(CODES).text)
    return key, codes
