import re

import pytest
from django.test import Client

from accounts.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_every_answer_has_a_request_id_of_its_own(client):
    first, second = client.get("/healthz"), client.get("/nowhere/")
    for response in (first, second):
        assert re.fullmatch(r"[0-9a-f]{16}", response["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_a_senders_request_id_is_not_taken_over(client):
    response = client.get("/healthz", headers={"X-Request-ID": "forged"})
    assert response["X-Request-ID"] != "forged"


def test_home_follows_the_browser_until_a_choice_was_made(client):
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    response = client.get("/", headers=english)
    assert response.status_code == 302
    assert response["Location"] == "/en/"
    assert "Accept-Language" in response["Vary"]

    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    assert client.get("/", headers=english).status_code == 200


def test_no_other_page_looks_at_the_browsers_language(client):
    response = client.get("/search/", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert response["Content-Language"] == "zh-hans"


def test_choosing_a_language_returns_to_the_same_page(client):
    response = client.post(
        "/i18n/setlang/", {"language": "en", "next": "/search/?q=phone&page=2"}
    )
    assert response["Location"] == "/en/search/?q=phone&page=2"
    response = client.post(
        "/i18n/setlang/", {"language": "zh-hans", "next": "/en/search/?q=phone"}
    )
    assert response["Location"] == "/search/?q=phone"


def test_choosing_a_language_never_leaves_the_shop(client):
    response = client.post(
        "/i18n/setlang/", {"language": "en", "next": "//evil.example/"}
    )
    assert "evil" not in response["Location"]


def test_the_account_remembers_its_language(client):
    alice = make_user()
    client.force_login(alice)
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "en"
    client.post("/i18n/setlang/", {"language": "klingon", "next": "/"})
    alice.refresh_from_db()
    assert alice.language == "en"


def test_the_admin_follows_the_accounts_language(client):
    client.force_login(make_user(is_staff=True, language="en"))
    assert client.get("/admin/")["Content-Language"] == "en"
    client.force_login(make_user(is_staff=True, language="zh-hans"))
    assert client.get("/admin/")["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("path", ["/", "/en/", "/nowhere/", "/admin/login/"])
def test_security_headers_are_on_every_page(client, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_setting_the_language_needs_a_csrf_token():
    response = Client(enforce_csrf_checks=True).post(
        "/i18n/setlang/", {"language": "en"}
    )
    assert response.status_code == 403
