"""A shop whose gateways are set up by half does not open: as gunicorn starts it."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("SMS_URL", "aliyn://key:hushhush@/?sign=x&template=SMS_1"),
        ("SMS_URL", "aliyun://key:hushhush@/?sign=x"),
        ("SMS_URL", "aliyun://key:hush/hush@/?sign=x&template=SMS_1"),
        ("EMAIL_URL", "smtp+tls://user:hush#hush@mail.example.com:587"),
    ],
)
def test_a_broken_address_is_refused_without_repeating_it(settings, name, url):
    started = subprocess.run(
        [sys.executable, "-c", "import shop.wsgi"],
        env=os.environ | {"DEBUG": "true", "SMS_URL": "memory://", name: url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    last_line = started.stderr.strip().splitlines()[-1]
    assert f"ImproperlyConfigured: {name}" in last_line
    assert "hush" not in started.stdout + started.stderr
