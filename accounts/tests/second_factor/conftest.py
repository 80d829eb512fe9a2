"""A superuser with a phone whose clock stands still."""

import pytest

from accounts.tests.factories import make_user
from accounts.tests.second_factor.desk import NOON, PHONE, set_up


@pytest.fixture(autouse=True)
def phone_clock(monkeypatch):
    """Let the phone's clock stand; `phone_clock(30)` sets it forward."""
    moment = [float(NOON)]
    monkeypatch.setattr("accounts.models.second_factor.time", lambda: moment[0])

    def forward(seconds):
        moment[0] += seconds

    return forward


@pytest.fixture
def root(db):
    return make_user(phone=PHONE, is_staff=True, is_superuser=True, language="en")


@pytest.fixture
def device(root):
    return set_up(root)
