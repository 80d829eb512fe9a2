"""Fixtures of all tests. Factories stand in each app's `tests/factories.py`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from accounts.models import User
from accounts.tests.factories import make_alice, make_bob
from catalog.search import keeping
from shop import rates, sms
from shop.templatetags import kept

#: `script/test --thorough`: tests that repeat themselves use their full counts.
IS_THOROUGH = os.environ.get("SHOP_TEST_THOROUGH") == "1"

hypothesis_settings.register_profile("quick", max_examples=25, deadline=None)
hypothesis_settings.register_profile("thorough", max_examples=1000, deadline=None)
hypothesis_settings.load_profile("thorough" if IS_THOROUGH else "quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in a `browser` folder, so that each run takes its own.

    Tests that really commit must all give back what the migrations wrote, or those
    that come after them miss the categories: `serialized_rollback=True`.
    """
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        for mark in item.iter_markers("django_db"):
            if mark.kwargs.get("transaction"):
                assert mark.kwargs.get("serialized_rollback"), item.nodeid


@pytest.fixture
def many() -> Any:
    """Choose a count: `many(quick=8, thorough=200)`."""
    return lambda *, quick, thorough: thorough if IS_THOROUGH else quick


@pytest.fixture(autouse=True)
def shop_of_the_tests(settings: Any, tmp_path: Path) -> None:
    """A shop as in production, but with fast passwords and nothing sent outside."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMS_URL = "memory://"
    settings.SECURE_SSL_REDIRECT = False
    # Or each client looks through all static files before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    sms.memory.clear()
    # Tests write past the services; those of kept pages turn it on.
    settings.KEEP_PAGES = False
    for each in caches.all(initialized_only=True):
        each.clear()
    kept.forget()
    keeping.forget()
    rates.forget()
    # What the test before left on this thread.
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def plain_client() -> Client:
    """A client that enforces the CSRF token, as a browser meets it."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def alice(db: None) -> Any:
    """Alice buys."""
    return make_alice()


@pytest.fixture
def bob(db: None) -> Any:
    """Bob is a stranger."""
    return make_bob()


@pytest.fixture
def as_alice(alice: User) -> Client:
    return _signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return _signed_in(bob)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def connection_queries() -> Any:
    """Count the queries of a call: `connection_queries(lambda: client.get("/"))`."""

    def count(call: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the machine's own chromium; playwright's would have to be downloaded."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desk"])
def browser_context_args(request: Any) -> dict[str, Any]:
    """Look at the shop on a phone and on a desk; Chinese opens first."""
    width, height = request.param
    return {"viewport": {"width": width, "height": height}, "locale": "zh-CN"}


@pytest.fixture
def problems(page: Any) -> list[str]:
    """Everything that the browser complained about."""
    seen: list[str] = []
    page.on("console", lambda m: seen.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


@pytest.fixture
def quiet(problems: list[str]) -> Iterator[None]:
    """Fail on whatever the browser complained about."""
    yield
    assert problems == []
