"""Phones and e-mails in the admin: masked, in full by permission (row A11)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.tests.factories import make_address, make_place, make_staff, make_user
from catalog.tests.factories import make_product
from orders.tests.factories import make_order
from shop import clock, journal
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db

PHONE, EMAIL, OTHER = "13811112222", "zhang@x.com", "13933334444"
MAY = ["superuser", "orders", "support"]
MAY_NOT = ["readonly", "catalogue"]
#: All lists and pages on which people appear, and who must not read a phone there.
PAGES = [
    "accounts/user/",
    "accounts/user/{user}/change/",
    "accounts/wallet/",
    "accounts/wallet/{user}/change/",
    "accounts/walletentry/",
    "orders/order/",
    "orders/order/{order}/change/",
    "orders/payment/",
    "orders/refund/",
    "reviews/review/",
    "shop/outgoingmessage/",
    "shop/outgoingmessage/{message}/change/",
    "shop/journalentry/",
    "admin/logentry/",
    "",
]


def staff(role):
    client = Client()
    client.user = make_staff(role)
    client.force_login(client.user)
    return client


@pytest.fixture
def alice(db):
    return make_user(phone=PHONE, email=EMAIL)


@pytest.fixture
def order(alice):
    make_address(alice, phone=f"+86{OTHER}")
    place = make_place(phone=f"+86{OTHER}", recipient="Zhang San", street="Quay 7")
    return make_order(alice, make_product(), place=place, status="completed")


def addresses(order):
    of_account = f"/admin/accounts/user/{order.user_id}/in-full/"
    return {
        of_account: (PHONE, EMAIL),
        f"/admin/orders/order/{order.pk}/in-full/": (
            OTHER,
            "Zhang San",
            "Quay 7",
        ),
    }


def revealed():
    return list(JournalEntry.objects.filter(kind="revealed").order_by("pk"))


@pytest.mark.parametrize("role", [*MAY, *MAY_NOT])
def test_no_page_shows_a_phone_or_an_e_mail(order, role):
    client = staff(role)
    journal.record(journal.Kind.EXPORTED, about=order.user, actor=order.user)
    message = OutgoingMessage.objects.filter(account_id=order.user_id).first().pk
    read = 0
    for page in PAGES:
        path = page.format(user=order.user_id, order=order.pk, message=message)
        response = client.get(f"/admin/{path}", follow=False)
        read += response.status_code == 200
        for trace in (PHONE, OTHER, EMAIL):
            assert trace not in response.text, (path, trace)
    assert read >= (1 if role == "catalogue" else 8)


@pytest.mark.parametrize("role", MAY)
def test_who_may_sees_it_in_full_and_it_is_written_down(order, role):
    client = staff(role)
    for number, (path, values) in enumerate(addresses(order).items(), 1):
        page = client.get(path.replace("in-full", "change")).text
        assert 'data-test="in-full"' in page
        response = client.post(path, REMOTE_ADDR="198.51.100.7")
        assert "no-store" in response["Cache-Control"]
        for value in values:
            assert value in response.text, (path, value)
        assert len(revealed()) == number
    first, second = revealed()
    assert first.actor_id == second.actor_id == client.user.pk
    assert first.address == "198.51.100.7"
    assert (first.object_type, first.object_id) == (
        "accounts.user",
        str(order.user_id),
    )
    assert second.object_name == order.number


@pytest.mark.parametrize("role", MAY_NOT)
def test_who_may_not_has_no_button_and_gets_403(order, role):
    client = staff(role)
    for path, values in addresses(order).items():
        page = client.get(path.replace("in-full", "change"))
        assert 'data-test="in-full"' not in page.text
        response = client.post(path)
        assert response.status_code == 403
        for value in values:
            assert value not in response.text
    assert not revealed()


def test_an_old_sign_in_has_to_type_the_password_again(order):
    client = staff("support")
    with clock.at(clock.now() + timedelta(minutes=16)):
        for path in addresses(order):
            response = client.post(path)
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/confirm-password/")
    assert not revealed()


def test_a_shopper_and_a_visitor_are_sent_to_the_door(order):
    shopper = Client()
    shopper.force_login(order.user)
    for client in (shopper, Client()):
        for path in addresses(order):
            assert client.post(path).status_code == 302
    assert not revealed()


def test_looking_is_a_deed_with_a_token(order):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("support"))
    for path in addresses(order):
        assert strict.get(path).status_code == 405
        assert strict.post(path).status_code == 403
    assert not revealed()


def test_what_is_not_there_is_a_404():
    client = staff("support")
    assert client.post("/admin/accounts/user/999999/in-full/").status_code == 404
    assert client.post("/admin/orders/order/999999/in-full/").status_code == 404
    assert not revealed()


def test_what_cannot_be_written_down_is_not_shown(order, monkeypatch):
    def full_disk(**columns):
        raise OSError("no space left")

    client = staff("support")
    monkeypatch.setattr(JournalEntry.objects, "create", full_disk)
    client.raise_request_exception = False
    for path, values in addresses(order).items():
        response = client.post(path)
        assert response.status_code == 500
        for value in values:
            assert value not in response.text
