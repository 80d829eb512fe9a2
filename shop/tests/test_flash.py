"""Messages wait for the next page in a cookie, which nobody else can write."""

import pytest
from django.contrib.messages import add_message, constants, get_messages
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpResponse

from catalog.tests.factories import make_product
from shop.flash import FlashStorage

pytestmark = pytest.mark.django_db


def add(client):
    variant = make_product().variants.get()
    return client.post("/cart/add/", {"variant": variant.pk}, secure=True)


def is_shown(client):
    return 'data-test="message"' in client.get("/cart/", secure=True).text


def test_a_message_is_shown_once_and_then_leaves_the_browser(as_alice, settings):
    cookie = add(as_alice).cookies[settings.MESSAGES_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert is_shown(as_alice)
    assert not as_alice.cookies[settings.MESSAGES_COOKIE_NAME].value
    assert not is_shown(as_alice)


def test_showing_one_writes_nothing(as_alice, django_assert_max_num_queries):
    add(as_alice)
    with django_assert_max_num_queries(6) as captured:
        assert is_shown(as_alice)
    statements = [query["sql"].split()[0] for query in captured.captured_queries]
    assert set(statements) == {"SELECT"}


@pytest.mark.parametrize("forge", [lambda text: text[:-1] + "x", lambda text: "[]"])
def test_a_forged_one_is_not_shown(as_alice, settings, forge):
    add(as_alice)
    name = settings.MESSAGES_COOKIE_NAME
    as_alice.cookies[name] = forge(as_alice.cookies[name].value)
    assert not is_shown(as_alice)


def test_many_long_ones_are_all_kept(rf):
    request, response = rf.get("/"), HttpResponse()
    request.session = SessionStore()
    request._messages = FlashStorage(request)
    for number in range(9):
        add_message(request, constants.INFO, f"{number}" * 500)
    assert request._messages.update(response) == []
    request.COOKIES = {name: x.value for name, x in response.cookies.items()}
    request._messages = FlashStorage(request)
    assert len(list(get_messages(request))) == 9
