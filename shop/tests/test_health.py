from datetime import datetime

import pytest
from django.db import DatabaseError

from shop import health


def test_healthz_asks_no_database(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    body = response.json()
    assert body["ok"] is True
    assert datetime.fromisoformat(body["now"]).tzinfo is not None


def test_healthz_needs_no_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/search/").status_code == 301


@pytest.mark.django_db
def test_readyz_is_content(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ok": True, "broken": []})


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["database", "cache", "migrations", "clock"])
def test_readyz_names_what_is_broken(client, monkeypatch, name):
    def broken():
        raise DatabaseError

    monkeypatch.setitem(health.CHECKS, name, broken)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broken"]) == (503, [name])
    monkeypatch.setitem(health.CHECKS, name, lambda: False)
    assert client.get("/readyz").json()["broken"] == [name]
