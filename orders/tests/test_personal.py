"""Taking one's data along, and closing the account, over all floors (row A11).

The whole of it is tried here, where orders are known; what reviews hold, one floor up.
"""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.avatars import path_of
from accounts.messages import RESET_CODE
from accounts.models import Address, CodeTarget, OneTimeCode, Session, User, Wallet
from accounts.refusals import AccountClosed
from accounts.services import closing
from accounts.services.addresses import add_address
from accounts.tests.factories import (
    PASSWORD,
    code_sent_to,
    give_money,
    make_address,
    make_bob,
    make_place,
    make_staff,
    make_user,
)
from accounts.tests.pages import errors_at
from accounts.wallet import debit
from cart.models import Cart
from cart.tests.factories import make_cart, make_line
from catalog.models import Favourite, HistoryEntry
from catalog.tests.factories import make_product
from orders.messages import ORDER_PAID, tell_buyer
from orders.models import Order, OrderEvent
from orders.services import payment
from orders.tests.factories import (
    begin_payment,
    cancel,
    make_order,
    set_payment_password,
)
from shop import clock, outbox, personal, policy, sms
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db

EXPORT, CLOSE = "/en/accounts/export/", "/en/accounts/close/"
PHONE, EMAIL = "13800138000", "alice@x.com"


@pytest.fixture
def alice(db):
    """Alice has an e-mail and an empty wallet."""
    return make_user(phone=PHONE, email=EMAIL, nickname="Alice", language="en")


def export(client):
    response = client.post(EXPORT)
    assert response.status_code == 200
    return json.loads(response.content)


def close(client, password=PASSWORD, **headers):
    return client.post(CLOSE, {"password": password}, headers=headers)


def audited():
    """Tell that nothing is wrong with the books; `audit` exits else."""
    call_command("audit")
    return True


# Taking along


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


# What forbids it


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


# The proof


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


# What is left


@pytest.fixture
def closed(as_alice, alice, settings, django_capture_on_commit_callbacks):
    """Alice had an order that came, one she cancelled, a cart, a picture; and left."""
    make_address(alice)
    place = make_place(recipient="Alice Li", street="Quay 7")
    make_order(alice, status="completed", place=place, note="ring twice")
    cancel(make_order(alice, place=place), reason="Alice Li changed her mind")
    make_line(make_cart(alice))
    picture = path_of("avatars/alice.webp")
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    User.objects.filter(pk=alice.pk).update(avatar="avatars/alice.webp")
    with django_capture_on_commit_callbacks(execute=True):
        response = close(as_alice)
    assert response["Location"] == "/en/"
    alice.refresh_from_db()
    return alice


def test_a_closed_account_names_nobody(closed):
    assert closed.is_closed
    assert (closed.phone, closed.email, closed.nickname) == (None, None, "")
    assert (closed.avatar, closed.is_active) == ("", False)
    assert not closed.has_usable_password()
    assert not closed.has_payment_password
    assert not Address.objects.exists()
    assert not Cart.objects.exists()
    assert not Session.objects.filter(user=closed).exists()


def test_its_picture_is_off_the_disk_and_the_default_one_stays(closed, settings):
    assert not path_of("avatars/alice.webp").exists()
    assert (Path(settings.BASE_DIR) / "static/img/avatar.webp").exists()


def test_its_orders_stay_for_the_books_and_name_nobody(closed):
    orders = Order.objects.filter(user=closed)
    assert sorted(order.status for order in orders) == ["closed", "completed"]
    for order in orders:
        assert (order.recipient, str(order.phone), order.street) == ("", "", "")
        assert (order.note, order.close_reason, order.masked_phone) == ("", "", "")
        assert order.total_amount > 0
        assert order.city
    assert not OrderEvent.objects.filter(detail__contains="Alice").exists()
    assert audited()


def test_nothing_of_it_is_left_in_any_text_column(closed):
    for model in (User, Address, Order, OrderEvent, OutgoingMessage, JournalEntry):
        for row in model.objects.values():
            for name, value in row.items():
                for trace in ("Alice", "13800138000", EMAIL, "Quay 7", "ring twice"):
                    assert trace not in str(value), (model, name)


def test_its_phone_and_e_mail_get_the_last_message(closed):
    assert [to for to, text in sms.memory if "is closed" in text] == [PHONE]
    last = OutgoingMessage.objects.filter(kind="account_closed")
    assert {row.channel for row in last} == {"sms", "mail"}
    assert {(row.status, row.recipient) for row in last} == {("sent", "")}


def test_its_sessions_are_over(as_alice, alice, closed):
    assert as_alice.get("/accounts/").status_code == 302
    # A second click finds a visitor.
    assert close(as_alice)["Location"].startswith("/en/accounts/login/")


def test_signing_in_says_what_it_says_of_unknown_accounts(client, closed):
    def said(identifier):
        fields = {"identifier": identifier, "password": PASSWORD}
        page = client.post("/en/accounts/login/", fields).text
        return page.replace(identifier, "").partition("<main")[2]

    strip = "csrfmiddlewaretoken"
    known = [line for line in said(PHONE).splitlines() if strip not in line]
    unknown = [line for line in said("13912345678").splitlines() if strip not in line]
    assert known == unknown
    assert any("do not go together" in line for line in known)


def test_the_phone_opens_another_account(client, closed):
    client.post("/accounts/register/code/", {"phone": PHONE})
    fields = {"phone": PHONE, "code": code_sent_to(PHONE)}
    fields |= {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/register/", fields).status_code == 302
    anew = User.objects.get(phone=f"+86{PHONE}")
    assert anew.pk != closed.pk
    assert export(client)["orders"] == []
    assert audited()


def test_staff_see_a_closed_account_and_change_nothing(client, closed):
    client.force_login(make_staff("superuser"))
    page = f"/admin/accounts/user/{closed.pk}/change/"
    assert "closed account" in client.get("/admin/accounts/user/").text
    assert client.get(page).status_code == 200
    assert client.post(page, {"is_active": "on"}).status_code == 403
    assert client.get("/admin/orders/order/").status_code == 200
    order = Order.objects.filter(user=closed).first()
    assert client.get(f"/admin/orders/order/{order.pk}/change/").status_code == 200
    assert client.post(f"/admin/orders/order/{order.pk}/in-full/").status_code == 200


def test_who_closed_what_is_in_the_journal(closed):
    [entry] = JournalEntry.objects.filter(kind="account_closed")
    assert (entry.actor_id, entry.object_id) == (closed.pk, str(closed.pk))


def test_a_second_deed_at_the_same_time_changes_nothing(closed):
    closing.close_account(user=closed)
    assert OutgoingMessage.objects.filter(kind="account_closed").count() == 2


def test_no_row_of_a_code_holds_a_phone(as_alice, alice):
    as_alice.post("/accounts/payment-password/code/")
    as_alice.post("/accounts/email/code/", {"email": "never-bound@example.com"})
    close(as_alice)
    rows = [*OneTimeCode.objects.values(), *CodeTarget.objects.values()]
    assert len(rows) == 4
    for name in ("8001380", "138001", "never-bound"):
        assert name not in str(rows)
    assert not OutgoingMessage.objects.filter(recipient="never-bound@example.com")


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


def test_what_still_waits_to_be_sent_is_not_sent_any_more(as_alice, alice):
    make_order(alice, status="completed")
    assert OutgoingMessage.objects.filter(status="waiting", recipient=PHONE).exists()
    close(as_alice)
    left = OutgoingMessage.objects.exclude(kind="account_closed")
    assert {(row.status, row.recipient) for row in left} == {("expired", "")}
    assert {row.recipient for row in OutgoingMessage.objects.filter(channel="sms")} == {
        "",
        PHONE,  # the last one, until it is sent
    }


# What may still be on its way


def test_no_order_is_placed_on_a_closed_account(closed):
    with pytest.raises(AccountClosed):
        make_order(closed)
    assert not Order.objects.filter(user=closed, status="pending_payment").exists()


def test_no_address_is_added_to_a_closed_account(closed):
    with pytest.raises(AccountClosed):
        add_address(user=closed, place=make_place(), is_default=True)


def test_a_message_about_an_old_order_goes_nowhere(closed):
    order = Order.objects.filter(user=closed).first()
    before = OutgoingMessage.objects.count()
    tell_buyer(ORDER_PAID, order.pk)
    assert OutgoingMessage.objects.count() == before


def test_the_audit_finds_and_mends_what_came_too_late(closed, capsys):
    User.objects.filter(pk=closed.pk).update(nickname="Alice")
    make_address(closed)
    Order.objects.filter(user=closed).update(recipient="Alice Li")
    with pytest.raises(CommandError):
        call_command("audit")
    said = capsys.readouterr().out
    assert f"closed_account accounts.User {closed.pk}" in said
    assert "closed_account orders.Order" in said
    call_command("audit", fix=True)
    assert audited()
    closed.refresh_from_db()
    assert closed.nickname == ""


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
