"""Closing the account: what forbids it, and the proof (row A11)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Wallet
from accounts.tests.factories import PASSWORD, give_money, make_staff
from accounts.tests.pages import errors_at
from accounts.wallet import debit
from orders.models import Order
from orders.services import payment
from orders.tests.factories import begin_payment, cancel, make_order
from orders.tests.personal.deeds import CLOSE, audited, close
from shop import clock

pytestmark = pytest.mark.django_db


def test_the_page_says_what_goes_and_writes_nothing(as_alice, alice):
    page = as_alice.get(CLOSE).text
    assert "What stays" in page
    assert 'data-test="close-account"' in page
    alice.refresh_from_db()
    assert not alice.is_closed


@pytest.mark.parametrize("status", ["pending_payment", "paid", "shipped"])
def test_an_open_order_forbids_it(as_alice, alice, status):
    make_order(alice, status=status)
    page = as_alice.get(CLOSE).text
    assert "1 order is not finished" in page
    assert 'data-test="close-account"' not in page
    response = close(as_alice, Accept="application/json")
    assert (response.status_code, response.json()["error"]) == (409, "cannot_close")
    assert len(response.json()["reasons"]) == 1
    assert close(as_alice)["Location"] == CLOSE
    alice.refresh_from_db()
    assert not alice.is_closed


def test_money_in_the_wallet_forbids_it(as_alice, alice):
    give_money(alice, "0.01")
    assert "There is still ¥0.01 in your wallet" in as_alice.get(CLOSE).text
    assert close(as_alice, Accept="application/json").status_code == 409
    debit(user_id=alice.pk, amount=Wallet.objects.get().balance, kind="x", reason="")
    assert close(as_alice)["Location"] == "/en/"


def test_money_on_its_way_back_forbids_it(as_alice, alice):
    order = make_order(alice)
    tried = begin_payment(order)
    cancel(order)
    payment.take_success(payment=tried, reference="T1")
    # Not sent yet: that waits for a commit.
    assert "on its way back" in as_alice.get(CLOSE).text
    assert close(as_alice, Accept="application/json").status_code == 409


@pytest.mark.parametrize("role", ["superuser", "support"])
def test_who_works_here_does_not_leave_by_this_door(client, role):
    user = make_staff(role)
    client.force_login(user)
    assert "You work here" in client.get(CLOSE).text
    assert close(client, Accept="application/json").status_code == 409


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_order_whose_time_is_over_is_no_open_one(as_alice, alice):
    make_order(alice)
    with clock.at(clock.now() + timedelta(days=1)):
        assert 'data-test="close-account"' in as_alice.get(CLOSE).text
        assert close(as_alice)["Location"] == "/en/"
    assert Order.objects.get().status == "closed"
    assert audited()


def test_a_wrong_password_closes_nothing(as_alice, alice):
    response = close(as_alice, "wrong-password-1")
    assert response.status_code == 200
    assert "not your login password" in errors_at(response, "password")
    alice.refresh_from_db()
    assert not alice.is_closed


def test_the_sixth_wrong_password_is_not_looked_at(as_alice, alice):
    for _ in range(5):
        assert close(as_alice, "wrong-password-1").status_code == 200
    refused = close(as_alice)
    assert refused.status_code == 429
    assert "Retry-After" in refused
    alice.refresh_from_db()
    assert not alice.is_closed


def test_closing_needs_a_token(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(CLOSE, {"password": PASSWORD}).status_code == 403
    alice.refresh_from_db()
    assert not alice.is_closed
