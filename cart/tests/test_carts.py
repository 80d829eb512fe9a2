import logging

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import (
    PASSWORD,
    code_sent_to,
    make_alice,
    make_bob,
    make_user,
)
from accounts.tests.parallel import at_once
from cart import services
from cart.models import Cart, CartLine
from cart.tests.factories import cart_in, make_cart, make_line, make_variant
from catalog.models import Variant

pytestmark = pytest.mark.django_db


def add(client, variant, quantity=1):
    body = {"variant": variant.pk, "quantity": quantity}
    return client.post("/en/cart/add/", body)


def sign_in(client, phone="13800138000"):
    body = {"identifier": phone, "password": PASSWORD}
    return client.post("/en/accounts/login/", body, follow=True)


def count(client):
    html = client.get("/en/cart/").text
    return int(html.partition('data-test="cart-count" data-count="')[2].split('"')[0])


def test_looking_makes_no_cart(client):
    client.get("/cart/")
    client.force_login(make_user())
    client.get("/cart/")
    assert not Cart.objects.exists()


def test_a_visitors_cart_is_there_after_a_real_login(client):
    alice, variant = make_alice(), make_variant()
    add(client, variant, 2)
    before = client.session.session_key
    response = sign_in(client)
    assert client.session.session_key != before
    assert "2 items that you picked before signing in" in response.text
    assert count(client) == 2
    assert Cart.objects.get().user == alice
    assert "cart" not in client.session


def test_registering_takes_the_cart_along(client):
    add(client, make_variant(), 2)
    phone = "13800138000"
    client.post("/en/accounts/register/code/", {"phone": phone})
    client.post(
        "/en/accounts/register/",
        {
            "phone": phone,
            "code": code_sent_to(phone),
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    assert count(client) == 2
    assert Cart.objects.get().user == User.objects.get()


def test_quantities_add_up_and_what_was_cut_is_said(client):
    alice, variant = make_alice(), make_variant(stock=4, name_en="Lamp")
    make_line(make_cart(alice), variant, 3)
    add(client, variant, 3)
    html = sign_in(client).text
    assert 'data-level="warning"' in html
    assert "“Lamp”: you can buy at most 4" in html
    assert count(client) == 4


def test_what_is_sold_out_is_not_said_to_be_cut(client):
    alice, variant = make_alice(), make_variant(stock=4, name_en="Lamp")
    make_line(make_cart(alice), variant, 3)
    add(client, variant, 3)
    Variant.objects.update(stock=0)
    html = sign_in(client).text
    assert "“Lamp” is sold out; it stays in your cart" in html
    assert count(client) == 3


def test_logging_out_shows_an_empty_cart_and_in_again_the_old_one(client):
    make_alice()
    add(client, make_variant(), 2)
    sign_in(client)
    client.post("/en/accounts/logout/")
    assert count(client) == 0
    add(client, make_variant())
    assert count(client) == 1
    sign_in(client)
    assert count(client) == 3


def test_another_account_in_the_same_browser_gets_nothing(client):
    make_alice()
    make_bob()
    add(client, make_variant())
    sign_in(client)
    client.post("/en/accounts/logout/")
    sign_in(client, "13900139000")
    assert count(client) == 0


def test_a_second_browser_shows_the_same_cart(client):
    alice = make_alice()
    client.force_login(alice)
    add(client, make_variant(), 3)
    other = Client()
    sign_in(other)
    assert count(other) == 3


def test_ticks_are_the_same_in_every_browser(client):
    alice = make_alice()
    client.force_login(alice)
    line = make_line(make_cart(alice))
    client.post(f"/en/cart/lines/{line.pk}/", {"selected": "0"})
    other = Client()
    sign_in(other)
    for each in (client, client, other):
        assert 'data-selected="0"' in each.get("/en/cart/").text


def test_login_never_fails_because_of_the_cart(client, monkeypatch, caplog):
    make_alice()
    add(client, make_variant())

    def broken(**kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(services, "merge", broken)
    with caplog.at_level(logging.ERROR):
        response = sign_in(client)
    assert "You are signed in." in response.text
    assert "did not join" in caplog.text


def test_a_token_that_names_no_cart_makes_it_anew(client):
    cart_in(client)
    Cart.objects.all().delete()
    assert count(client) == 0
    add(client, make_variant())
    assert count(client) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("is_visitor", [True, False])
def test_first_adds_at_once_make_one_cart(is_visitor):
    first, variant = Client(), make_variant(stock=20)
    if is_visitor:
        # A session that something else began.
        session = first.session
        session["anything"] = 1
        session.save()
    else:
        first.force_login(make_user())
    cookie = first.cookies["sessionid"].value if not is_visitor else session.session_key

    def deed():
        client = Client()
        client.cookies["sessionid"] = cookie
        return add(client, variant).status_code

    assert at_once(*[deed] * 6) == [302] * 6
    assert CartLine.objects.get().quantity == 6
    assert Cart.objects.count() == 1
