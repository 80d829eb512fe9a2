"""Attacks on signing in that no other file tries (docs/security.md)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.test import Client

from accounts.models import OneTimeCode, User
from accounts.tests.factories import PASSWORD, code_sent_to, make_alice
from shop.models import OutgoingMessage

PHONE = "13800138000"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def real_hashes(settings):
    settings.PASSWORD_HASHERS = ["shop.hashers.LightArgon2PasswordHasher"]


def sign_in(password):
    client = Client()
    sent = {"identifier": PHONE, "password": password}
    client.post("/accounts/login/", sent)
    return SESSION_KEY in client.session


def test_a_password_is_stored_as_argon2id(real_hashes):
    hashed = make_password(PASSWORD)
    assert identify_hasher(hashed).algorithm == "argon2"
    assert hashed.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password",
    [
        "x7" * 36 + "the end counts",  # bcrypt would stop after 72 bytes
        "锁和钥匙放在不同的抽屉里",
        "🦊🐼🐙🦉🌵🍋🧵🪁",
        "  spaces at both ends  ",
        "z" * 60 + "ab12",  # 64 characters
    ],
)
def test_a_long_or_odd_password_counts_to_its_last_character(real_hashes, password):
    client = Client()
    client.post("/accounts/register/code/", {"phone": PHONE})
    fields = {"phone": PHONE, "code": code_sent_to(PHONE)}
    fields |= {"password1": password, "password2": password}
    assert client.post("/accounts/register/", fields).status_code == 302
    assert sign_in(password)
    assert not sign_in(password[:-1])
    assert not sign_in(password.swapcase().strip()[:-1] + "?")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["abcdefg", "password1", "qwertyuiop", "12345678", "a13800138000"]
)
def test_a_weak_password_opens_no_account(client, password):
    client.post("/accounts/register/code/", {"phone": PHONE})
    fields = {"phone": PHONE, "code": code_sent_to(PHONE)}
    fields |= {"password1": password, "password2": password}
    assert client.post("/accounts/register/", fields).status_code == 200
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_payment_password_has_a_hash_of_its_own(as_alice, alice):
    fields = {"password": PASSWORD, "payment_password1": "246813"}
    as_alice.post(
        "/accounts/payment-password/", fields | {"payment_password2": "246813"}
    )
    alice.refresh_from_db()
    assert check_password("246813", alice.payment_password)
    assert alice.payment_password != alice.password
    assert not alice.check_password("246813")


@pytest.mark.django_db
def test_codes_are_in_no_table_in_clear(client):
    client.post("/accounts/register/code/", {"phone": PHONE})
    digits = code_sent_to(PHONE)
    rows = [*OneTimeCode.objects.values(), *OutgoingMessage.objects.values()]
    assert digits not in json.dumps(rows, default=str)


@pytest.mark.django_db
def test_a_forged_host_is_in_no_message(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_alice(email="alice@example.com")
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client.post(
        "/accounts/password/forgot/",
        {"identifier": "alice@example.com"},
        headers=headers,
    )
    client.post("/accounts/password/verify/send/", headers=headers)
    message = OutgoingMessage.objects.get()
    assert "evil" not in message.text + message.subject


@pytest.mark.django_db
def test_rights_cannot_be_posted_along(client):
    client.post("/accounts/register/code/", {"phone": PHONE})
    fields = {"phone": PHONE, "code": code_sent_to(PHONE)}
    fields |= {"password1": PASSWORD, "password2": PASSWORD}
    extra = {"is_staff": "on", "is_superuser": "1", "id": "1", "balance": "1000000"}
    client.post("/accounts/register/", fields | extra)
    alice = User.objects.get()
    assert (alice.is_staff, alice.is_superuser) == (False, False)
    assert alice.wallet.balance == 0


ASKED = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_DOMAIN",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE",
    "DEVICE_COOKIE_NAME",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_REFERRER_POLICY",
)
LOOK = f"""
import json
from django.conf import settings
print(json.dumps([getattr(settings, name) for name in {ASKED}]))
"""


def test_cookies_and_headers_of_a_shop_in_production():
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "SECRET_KEY": "long-enough-for-a-test-of-production-settings-0123456789",
        "DEBUG": "false",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = dict(zip(ASKED, json.loads(done.stdout), strict=True))
    # The prefix makes browsers refuse the cookie without Secure, or with a Domain.
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"):
        assert seen.pop(name).startswith("__Host-")
    assert seen.pop("SECURE_HSTS_SECONDS") >= 365 * 24 * 3600
    assert seen.pop("SECURE_REFERRER_POLICY") == "same-origin"
    assert seen.pop("SESSION_COOKIE_DOMAIN") is None
    for name in ("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"):
        assert seen.pop(name) == "Lax"
    assert set(seen.values()) == {True}, seen
