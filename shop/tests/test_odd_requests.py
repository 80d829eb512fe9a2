"""No input whatever leads to a 500."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import OperationalError
from django.test import RequestFactory

from accounts.tests.factories import make_user
from shop import clock, due, policy, sms
from shop.management.commands import run_due
from shop.models import OutgoingMessage
from shop.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("charset", ["gbk", "ascii", "utf-7", "idna", "base64", "x"])
@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/search/", "200"),
        ("GET", "/accounts/login/", "200"),
        ("POST", "/accounts/login/", "403"),
        ("POST", "/search/", "403"),
    ],
)
def test_a_senders_charset_breaks_nothing(charset, method, path, expected):
    # Through the server's own door: the test client has another.
    environ = RequestFactory()._base_environ(
        REQUEST_METHOD=method,
        PATH_INFO=path,
        QUERY_STRING="q=%ff&next=%ff",
        CONTENT_TYPE=f"application/x-www-form-urlencoded; charset={charset}",
    )
    statuses = []
    application(environ, lambda status, headers: statuses.append(status[:3]))
    assert statuses == [expected]


@pytest.mark.parametrize("debug", [False, True])
def test_too_many_parameters_are_a_bad_request(client, settings, debug):
    settings.DEBUG = debug
    query = "&".join(f"p{n}=1" for n in range(1100))
    response = client.get(f"/search/?{query}")
    assert response.status_code == 400
    assert response["X-Request-ID"] in response.text


@pytest.mark.parametrize("debug", [False, True])
def test_an_unknown_host_is_told_nothing(client, settings, debug):
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["shop.example"]
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "Traceback" not in response.text
    assert "ALLOWED_HOSTS" not in response.text


@pytest.mark.parametrize("debug", [False, True])
def test_a_post_without_the_last_slash_is_sent_on(client, settings, debug):
    settings.DEBUG = debug
    assert client.post("/accounts/login").status_code == 301


@pytest.mark.parametrize(
    "path", ["/media/" + "x" * 300 + ".webp", "/media/../../etc/passwd", "/media/x.svg"]
)
def test_media_serves_pictures_and_nothing_else(client, path):
    assert client.get(path).status_code == 404


def test_the_language_must_be_one_of_ours(client):
    response = client.post("/i18n/setlang/", {"language": "en-us", "next": "/search/"})
    assert response["Location"] == "/search/"
    assert "language" not in client.cookies


def test_the_switch_on_a_page_that_answered_a_deed_leads_to_a_page(client):
    client.force_login(make_user())
    html = client.post("/accounts/avatar/").text
    assert 'name="next" value="/accounts/avatar/"' not in html


@pytest.mark.parametrize("role", ["catalogue", "orders", "support", "readonly"])
def test_every_role_may_look_at_a_rule(client, role):
    call_command("create_roles", verbosity=0)
    dave = make_user(is_staff=True)
    dave.groups.add(Group.objects.get(name=role))
    client.force_login(dave)
    for rule in policy.rules():
        response = client.get(f"/admin/shop/policy/{rule.name}/change/")
        assert response.status_code == 200


def test_receivers_are_masked_and_not_the_catalogues_business(client):
    call_command("create_roles", verbosity=0)
    OutgoingMessage.objects.create(
        kind="x",
        channel="sms",
        recipient="13800138000",
        language="en",
        next_try_at="2026-01-01T00:00Z",
        created_at="2026-01-01T00:00Z",
    )
    for role, status in [("support", 200), ("catalogue", 403)]:
        dave = make_user(is_staff=True)
        dave.groups.add(Group.objects.get(name=role))
        client.force_login(dave)
        response = client.get("/admin/shop/outgoingmessage/")
        assert response.status_code == status
        assert "13800138000" not in response.text
        assert ("138****8000" in response.text) is (status == 200)


def test_the_clock_outlives_a_database_that_is_away(monkeypatch):
    rounds = []

    def run(*args, **options):
        rounds.append(1)
        raise OperationalError("database is locked")

    command = run_due.Command()
    monkeypatch.setattr(command, "_run", run)
    monkeypatch.setattr(run_due, "PAUSE", 0.01)
    ended = iter([False, False, True])
    monkeypatch.setattr(
        run_due.threading.Event, "is_set", lambda self: next(ended), raising=False
    )
    command._run_forever([])
    assert len(rounds) == 2


def test_the_runner_does_not_claim_what_it_did_not_do(monkeypatch):
    def refuse(*args):
        raise sms.NotSent

    monkeypatch.setitem(sms.GATEWAYS, "memory", refuse)
    message = OutgoingMessage.objects.create(
        kind="x",
        channel="sms",
        recipient="1",
        language="en",
        next_try_at="2026-01-01T00:00Z",
        created_at="2026-01-01T00:00Z",
    )
    ((_deed, error),) = due.run(clock.now())
    assert isinstance(error, sms.NotSent)
    message.refresh_from_db()
    assert message.attempts == 1


def test_a_body_of_many_megabytes_is_refused_before_it_is_read(client, settings):
    settings.LARGEST_BODY = 1000
    for path in ("/accounts/login/", "/nowhere/"):
        answer = client.post(path, {"x": "y" * 2000})
        assert answer.status_code == 413
        assert answer["X-Request-ID"]


@pytest.mark.parametrize("length", ["", "abc", "-1", "1e9"])
def test_an_odd_length_is_no_500(client, db, length):
    assert client.get("/", CONTENT_LENGTH=length).status_code == 200
