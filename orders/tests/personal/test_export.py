"""Taking one's data along, over all floors (row A11)."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.messages import RESET_CODE
from accounts.models import User
from accounts.tests.factories import (
    PASSWORD,
    code_sent_to,
    give_money,
    make_address,
    make_bob,
    make_place,
    make_staff,
)
from cart.tests.factories import make_cart, make_line
from catalog.models import Favourite, HistoryEntry
from catalog.tests.factories import make_product
from orders.tests.factories import make_order, set_payment_password
from orders.tests.personal.deeds import EMAIL, EXPORT, PHONE, close, export
from shop import clock, outbox, personal, policy
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db


def test_the_export_is_a_readable_file(as_alice, alice):
    alice.nickname = "小李"
    alice.save()
    response = as_alice.post(EXPORT)
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    assert '\n  "profile": {\n' in text
    assert "小李" in text


def test_the_export_has_all_that_is_held(as_alice, alice):
    make_address(alice, street="Quay 7")
    product = make_product(price="300.00")
    order = make_order(alice, {product: 2}, status="shipped", note="ring twice")
    make_line(make_cart(alice), quantity=3)
    give_money(alice, "12.30")
    client = Client()
    client.post("/accounts/login/", {"identifier": PHONE, "password": PASSWORD})
    held = export(as_alice)
    assert held["profile"]["phone"] == PHONE
    assert held["profile"]["email"] == EMAIL
    assert held["profile"]["joined_at"].endswith("+08:00")
    [address] = held["addresses"]
    assert (address["street"], address["phone"]) == ("Quay 7", PHONE)
    assert held["wallet"]["balance"] == "12.30"
    assert held["wallet"]["entries"][0]["amount"] == "12.30"
    [shown] = held["orders"]
    assert (shown["number"], shown["note"]) == (order.number, "ring twice")
    assert shown["items"][0]["unit_price"] == "300.00"
    assert shown["parcels"][0]["contents"][0]["quantity"] == 2
    assert shown["payments"][0]["status"] == "paid"
    assert held["cart"][0]["quantity"] == 3
    assert held["reviews"] == []
    assert {message["recipient"] for message in held["messages"]} == {PHONE}
    assert "signed_in" in {entry["what"] for entry in held["sign_ins"]}


def test_the_export_has_no_secret_and_nobody_elses_data(as_alice, alice):
    bob = make_bob(email="bob@x.com")
    make_address(bob, street="Bobs secret street")
    make_order(bob, place=make_place(recipient="Bob Recipient"), note="bobs note")
    make_line(make_cart(bob))
    set_payment_password(alice)
    # A carrier's phone, a packer's name: staff are others, too.
    make_order(alice, status="shipped")
    carol = User.objects.get(nickname="Carol")
    # A code, on its way to her; and what went to her number before it was hers.
    as_alice.post("/accounts/payment-password/code/")
    code = code_sent_to(PHONE)
    # One that is known to be hers, too.
    outbox.write(
        RESET_CODE,
        channel=OutgoingMessage.Channel.SMS,
        recipient=PHONE,
        language="en",
        account_id=alice.pk,
        shop="Shop",
        code="975310",
        minutes=5,
    )
    OutgoingMessage.objects.create(
        kind="order_paid",
        channel="sms",
        recipient=PHONE,
        language="en",
        stored_text="to who had this number before",
        next_try_at=clock.now(),
        created_at=clock.now() - timedelta(days=900),
    )
    text = as_alice.post(EXPORT).content.decode()
    alice.refresh_from_db()
    for secret in (
        alice.password,
        alice.payment_password,
        code,
        "975310",
        "Bob",
        "bob",
        "13900139000",
        "had this number before",
        "Carol",
        str(carol.phone),
        "token",
        as_alice.session.session_key,
    ):
        assert secret not in text, secret


def test_others_who_looked_are_not_named_in_it(as_alice, alice):
    root = make_staff("support", nickname="Nosy")
    client = Client(REMOTE_ADDR="198.51.100.7")
    client.force_login(root)
    client.post(f"/admin/accounts/user/{alice.pk}/in-full/")
    assert JournalEntry.objects.filter(kind="revealed").exists()
    text = json.dumps(export(as_alice))
    assert "198.51.100.7" not in text
    assert "Nosy" not in text


def test_the_export_asks_as_often_for_many_orders_as_for_few(
    as_alice, alice, connection_queries, django_assert_num_queries
):
    product = make_product(stock=100)
    for _ in range(2):
        make_order(alice, product, status="shipped")
    as_alice.post(EXPORT)  # begins the day's budget, and what Django asks once
    few = connection_queries(lambda: as_alice.post(EXPORT))
    for _ in range(5):
        make_order(alice, product, status="shipped")
    with django_assert_num_queries(few):
        as_alice.post(EXPORT)


def test_the_export_is_written_down_and_bounded(as_alice, alice):
    for _ in range(policy.whole("export_daily")):
        assert as_alice.post(EXPORT).status_code == 200
    refused = as_alice.post(EXPORT)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 3600
    written = JournalEntry.objects.filter(kind="exported", actor=alice)
    assert written.count() == policy.whole("export_daily")


def test_the_export_is_a_deed_with_a_token_and_for_oneself_alone(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.get(EXPORT).status_code == 405
    assert strict.post(EXPORT).status_code == 403
    assert Client().post(EXPORT).status_code == 302
    assert not JournalEntry.objects.filter(kind="exported").exists()


def test_of_codes_the_export_says_that_they_were_sent(as_alice, alice):
    as_alice.post("/accounts/payment-password/code/")
    held = as_alice.post(EXPORT).json()
    [message] = held["messages"]
    assert (message["channel"], message["text"]) == ("sms", None)


def test_an_export_of_an_open_session_found_later_asks_for_the_password(as_alice):
    with clock.at(clock.now() + timedelta(minutes=16)):
        response = as_alice.post(EXPORT)
    assert response.status_code == 302
    assert "/accounts/password/confirm/" in response.url


def test_every_part_of_the_shop_answers():
    names = {section.name for section in personal._sections}
    assert names >= {"profile", "addresses", "wallet", "messages", "sign_ins"}
    assert names >= {"favourites", "viewed", "cart", "orders", "reviews"}


def test_what_somebody_likes_and_looked_at_is_taken_along_and_goes(as_alice, alice):
    product = make_product(code="LIKED-1")
    as_alice.post(f"/p/{product.pk}/favourite/")
    as_alice.get(f"/p/{product.pk}/")
    other = Client()
    other.force_login(make_bob())
    other.post(f"/p/{make_product(code='BOBS-1').pk}/favourite/")
    held = export(as_alice)
    assert [line["code"] for line in held["favourites"]] == ["LIKED-1"]
    assert [line["code"] for line in held["viewed"]] == ["LIKED-1"]
    close(as_alice)
    assert Favourite.objects.get().product.code == "BOBS-1"
    assert not HistoryEntry.objects.filter(user=alice).exists()
