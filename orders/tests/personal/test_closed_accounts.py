"""What is left of a closed account, and what comes too late (row A11)."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.avatars import path_of
from accounts.models import Address, CodeTarget, OneTimeCode, Session, User
from accounts.refusals import AccountClosed
from accounts.services import closing
from accounts.services.addresses import add_address
from accounts.tests.factories import (
    PASSWORD,
    code_sent_to,
    make_address,
    make_place,
    make_staff,
)
from cart.models import Cart
from orders.messages import ORDER_PAID, tell_buyer
from orders.models import Order, OrderEvent
from orders.tests.factories import make_order
from orders.tests.personal.deeds import EMAIL, PHONE, audited, close, export
from shop import sms
from shop.models import JournalEntry, OutgoingMessage

pytestmark = pytest.mark.django_db


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
