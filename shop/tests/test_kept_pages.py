"""A page that is kept knows an address, and nothing of who asks for it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.test import RequestFactory

from shop import clock
from shop.holes import Included
from shop.kept_pages import keep, kept_page

SECRETS = {"HTTP_X_ODD": "secret", "HTTP_COOKIE": "a=secret", "REMOTE_ADDR": "6.6.6.6"}


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    settings.KEEP_PAGES = True


def ask(view, path="/x/", version="1", method="get", user=None, cookies=None, **more):
    request = getattr(RequestFactory(), method)(path, **more)
    request.user = user or AnonymousUser()
    request.COOKIES |= cookies or ({settings.SESSION_COOKIE_NAME: "1"} if user else {})
    request.session = {"secret": "secret"}
    request.resolver_match = None
    return kept_page(lambda _request: version)(view)(request).content.decode()


def rendered(text):
    template = engines["django"].from_string("{% load kept %}" + text)
    return says(lambda request: template.render({}, request))


def says(text, until=None):
    calls = []

    def view(request):
        calls.append(request)
        return keep(HttpResponse(text(request)), until=until)

    view.calls = calls
    return view


def test_a_page_is_made_once_for_a_version_and_an_address():
    view = says(lambda request: request.get_full_path())
    for _round in range(2):
        assert ask(view) == "/x/"
        assert ask(view, "/x/?a=1") == "/x/?a=1"
        assert ask(view, version="2") == "/x/"
        assert ask(view, method="head") == "/x/"
    assert len(view.calls) == 3


def test_a_kept_page_is_made_for_nobody():
    view = says(
        lambda r: (
            f"{r.META} {r.headers} {r.COOKIES} {r.user} {dict(r.session)} {r.body}"
        )
    )
    text = ask(view, "/x/?q=1", user="secret", **SECRETS)
    assert "secret" not in text
    assert "6.6.6.6" not in text
    assert "QUERY_STRING': 'q=1'" in text


def test_what_a_stranger_may_not_see_is_kept_for_nobody():
    def view(request):
        if not request.user == "staff":
            raise Http404
        return keep(HttpResponse("draft"), until=None)

    assert ask(view, user="staff") == "draft"
    with pytest.raises(Http404):
        ask(view)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: HttpResponse("what did not say that it may be kept"),
        lambda: keep(HttpResponse("x", status=500), until=None),
        lambda: keep(redirect("/y/"), until=None),
    ],
)
def test_nothing_else_is_kept(answer):
    ask(lambda request: answer())
    assert not caches["pages"]._cache


def test_a_page_ends_at_its_moment_and_is_kept_ten_minutes_at_most():
    now = clock.now()
    view = says(lambda request: str(len(view.calls)), now + timedelta(seconds=5))
    with clock.at(now):
        assert [ask(view), ask(view)] == ["1", "1"]
    with clock.at(now + timedelta(seconds=5)):
        assert ask(view) == "2"


class Known:
    is_authenticated = True
    avatar = ""
    pk = None

    def __init__(self, name):
        self.shown_name = name


ACCOUNT = "{% personal 'includes/_account_link.html' %}"


def test_gaps_are_filled_with_the_values_that_were_kept():
    view = rendered(ACCOUNT + "<i>{{ request.user.shown_name }}</i>{% csrf_token %}")
    for name in ("Alice", "Bob", "Alice"):
        text = ask(view, user=Known(name))
        assert f">{name}<" in text
        assert "<i></i>" in text
    assert len(view.calls) == 1


def test_what_all_strangers_see_is_filled_once(monkeypatch):
    """Of whom no cookie tells anything: their gaps know nothing of them either."""
    filled = []
    render = Included.render
    monkeypatch.setattr(
        Included, "render", lambda *args: filled.append(1) or render(*args)
    )
    view = rendered(ACCOUNT + "{{ csrf_token }}")
    odd = {"user": Known("Mallory"), "cookies": {"csrftoken": "1" * 32}}
    texts = [ask(view, **odd), ask(view), ask(view)]
    assert len(filled) == len(view.calls) == 1
    assert not any("Mallory" in text for text in texts)
    assert len({text[-64:] for text in texts}) == 3
    assert ">Alice<" in ask(view, user=Known("Alice"))
    assert "Alice" not in ask(view)
    assert len(view.calls) == 1


def test_any_other_cookie_makes_a_visitor_somebody():
    view = rendered(ACCOUNT)
    for name in ("sessionid", "messages", "picks", "odd"):
        assert ">Alice<" in ask(view, user=Known("Alice"), cookies={name: "1"})


def test_what_is_fresh_is_filled_for_strangers_too():
    view = rendered("{% fresh 'catalog/_now.html' %}")
    now = clock.now()
    moments = [now, now + timedelta(hours=1)]
    texts = []
    for moment in moments:
        with clock.at(moment):
            texts.append(ask(view))
    assert texts[0] != texts[1]
    assert len(view.calls) == 1
