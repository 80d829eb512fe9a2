import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import OneTimeCode, User
from accounts.tests.factories import (
    PASSWORD,
    code_sent_to,
    give_money,
    make_address,
    make_alice,
    make_bob,
    make_carol,
    make_user,
)
from shop import roles
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db

USERS, WALLETS, ENTRIES = (
    "/admin/accounts/user/",
    "/admin/accounts/wallet/",
    "/admin/accounts/walletentry/",
)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def staff(role):
    roles.write_groups()
    carol = make_carol(language="en")
    carol.groups.add(Group.objects.get(name=role))
    return signed_in(carol)


@pytest.fixture
def as_root():
    root = make_user(
        phone="13600136000", is_staff=True, is_superuser=True, language="en"
    )
    return signed_in(root)


@pytest.mark.parametrize(
    ("role", "people", "money"),
    [
        ("catalogue", 403, 403),
        ("orders", 200, 403),
        ("support", 200, 200),
        ("readonly", 200, 200),
    ],
)
def test_each_role_sees_what_it_needs(role, people, money, alice):
    give_money(alice)
    client = staff(role)
    for address in (USERS, f"{USERS}{alice.pk}/change/"):
        assert client.get(address).status_code == people
    for address in (WALLETS, f"{WALLETS}{alice.pk}/change/", ENTRIES):
        assert client.get(address).status_code == money


@pytest.mark.parametrize("role", ["orders", "support", "readonly"])
def test_no_role_changes_people_or_money(role, alice):
    client = staff(role)
    fields = {"nickname": "Mallory", "is_superuser": "on", "balance": "9"}
    for address in (
        f"{USERS}{alice.pk}/change/",
        f"{USERS}{alice.pk}/password/",
        f"{USERS}{alice.pk}/delete/",
        f"{USERS}add/",
        f"{WALLETS}{alice.pk}/change/",
        f"{WALLETS}add/",
        f"{ENTRIES}add/",
    ):
        assert client.post(address, fields).status_code == 403, address
    alice.refresh_from_db()
    assert (alice.nickname, alice.is_superuser) == ("Alice", False)


def test_even_superusers_edit_no_money(as_root, alice):
    entry = give_money(alice, "5.00")
    for address in (
        f"{WALLETS}{alice.pk}/change/",
        f"{WALLETS}{alice.pk}/delete/",
        f"{ENTRIES}{entry.pk}/change/",
        f"{ENTRIES}{entry.pk}/delete/",
    ):
        response = as_root.post(address, {"balance": "9", "amount": "9"})
        assert response.status_code == 403
    alice.wallet.refresh_from_db()
    assert alice.wallet.balance == 5


def test_phones_and_emails_are_masked(as_root):
    alice = make_alice(email="zoe@x.com")
    make_address(alice, default_of=alice)
    give_money(alice)
    for address in (
        USERS,
        f"{USERS}{alice.pk}/change/",
        WALLETS,
        f"{WALLETS}{alice.pk}/change/",
        ENTRIES,
    ):
        html = as_root.get(address).content.decode()
        assert "138****8000" in html, address
        assert "13800138000" not in html, address
        assert "zoe@x.com" not in html, address


def test_neither_passwords_nor_codes_are_shown(as_root, alice):
    User.objects.filter(pk=alice.pk).update(payment_password="md5$secret$hash")
    html = as_root.get(f"{USERS}{alice.pk}/change/").content.decode()
    assert "secret$hash" not in html
    assert alice.password not in html
    assert not admin.site.is_registered(OneTimeCode)


@pytest.mark.parametrize(
    ("term", "finds"),
    [
        ("138 0013 8000", ["Alice"]),
        ("ZOE@x.com", ["Alice"]),
        ("8000", ["Alice"]),
        ("bo", ["Bob"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_people_are_found(as_root, term, finds):
    make_alice(email="zoe@x.com")
    make_bob()
    page = as_root.get(USERS, {"q": term})
    assert page.status_code == 200
    assert [user.nickname for user in page.context["cl"].result_list] == finds


@pytest.mark.parametrize("page", [USERS, WALLETS, ENTRIES])
@pytest.mark.parametrize("term", ["\x00", "'", "1" * 500, "a@", "🐱", " "])
def test_odd_searches_are_no_500(as_root, page, term):
    assert as_root.get(page, {"q": term}).status_code == 200


def test_a_superuser_opens_an_account_with_its_wallet(as_root):
    fields = {
        "phone": "138 0013 8000",
        "nickname": "Alice",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    response = as_root.post(f"{USERS}add/", fields)
    assert response.status_code == 302
    alice = User.objects.identified_by("13800138000")
    assert alice.check_password(PASSWORD)
    assert alice.wallet.balance == 0
    response = as_root.post(f"{USERS}add/", fields)
    assert response.status_code == 200
    assert "already exists" in response.content.decode()
    response = as_root.post(f"{USERS}add/", {**fields, "phone": "010-12345678"})
    assert "11 digits" in response.content.decode()


def test_a_superuser_gives_and_takes_rights(as_root, alice):
    roles.write_groups()
    group = Group.objects.get(name="support")
    fields = {
        "nickname": "Alice",
        "language": "en",
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk],
        "phone": "13611136111",
        "email": "a@b.c",
        "addresses-TOTAL_FORMS": "0",
        "addresses-INITIAL_FORMS": "0",
    }
    response = as_root.post(f"{USERS}{alice.pk}/change/", fields)
    assert response.status_code == 302
    alice.refresh_from_db()
    assert alice.is_staff
    assert list(alice.groups.all()) == [group]
    # What identifies an account is its owner's to change.
    assert (str(alice.phone), alice.email) == ("+8613800138000", None)


def test_a_superuser_sets_a_password(as_root, alice):
    fields = {"password1": "green-lantern-7", "password2": "green-lantern-7"}
    response = as_root.post(f"{USERS}{alice.pk}/password/", fields)
    assert response.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("green-lantern-7")


@pytest.mark.parametrize("page", [USERS, WALLETS, ENTRIES])
def test_a_list_asks_as_much_for_twenty_rows_as_for_two(
    as_root, page, connection_queries
):
    give_money(make_user())
    as_root.get(page)
    two = connection_queries(lambda: as_root.get(page))
    for _number in range(18):
        give_money(make_user())
    assert connection_queries(lambda: as_root.get(page)) == two
    assert two <= 15


def test_a_wallets_page_shows_its_newest_lines(as_root, alice):
    for number in range(60):
        give_money(alice, "1.00", reason=f"line {number}.")
    html = as_root.get(f"{WALLETS}{alice.pk}/change/").content.decode()
    assert "line 59." in html
    assert "line 10." in html
    assert "line 9." not in html
    page = as_root.get(ENTRIES, {"wallet": alice.pk})
    assert page.context["cl"].result_count == 60


@pytest.mark.parametrize("role", ["orders", "support", "readonly"])
def test_no_filter_reads_out_what_the_page_hides(role, alice):
    """Letter by letter, a filter would tell a hash, or a whole phone."""
    client = staff(role)
    for query in (
        "payment_password__startswith=argon2",
        "payment_password__gte=a",
        "password__startswith=a",
        "phone__startswith=%2B861",
        "email__startswith=a",
        "nickname__regex=.",
    ):
        assert client.get(f"{USERS}?id__exact={alice.pk}&{query}").status_code != 200
    messages = "/admin/shop/outgoingmessage/?recipient__startswith=1"
    assert client.get(messages).status_code != 200
    orders = "/admin/orders/order/?recipient__startswith=A"
    assert client.get(orders).status_code != 200
    assert client.get(f"{USERS}?is_active__exact=1").status_code == 200


def test_disabling_an_account_ends_its_sessions_for_good(as_root, alice):
    theirs = signed_in(alice)
    page = f"{USERS}{alice.pk}/change/"
    prefix = re.search(r'name="([a-z_]+)-TOTAL_FORMS"', as_root.get(page).text)[1]
    fields = {"nickname": "Alice", "language": "en"}
    fields |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    as_root.post(page, fields)
    alice.refresh_from_db()
    assert not alice.is_active
    as_root.post(page, fields | {"is_active": "on"})
    alice.refresh_from_db()
    assert alice.is_active
    assert theirs.get("/accounts/").status_code == 302


def test_a_role_that_may_change_accounts_still_may_not(alice):
    carol = make_carol(language="en")
    carol.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_user", "change_user"])
    )
    client = signed_in(carol)
    page = f"{USERS}{alice.pk}/change/"
    assert client.post(page, {"nickname": "x", "language": "en"}).status_code == 403


def test_staff_read_no_code_that_waits_to_be_sent(as_root, client):
    client.post("/accounts/register/code/", {"phone": "15900159000"})
    message = OutgoingMessage.objects.get()
    assert message.status == "waiting"
    page = as_root.get(f"/admin/shop/outgoingmessage/{message.pk}/change/").text
    assert code_sent_to("15900159000") not in page


@pytest.mark.parametrize("role", ["support", "readonly"])
def test_no_search_undoes_the_mask(role, alice, client):
    """One digit more a time, a search would tell the whole phone."""
    client.post("/accounts/register/code/", {"phone": "15900159000"})
    staffs = staff(role)
    assert found(staffs, USERS, "8000") == 1
    assert found(staffs, USERS, "13800138000") == 1
    for digits in ("0", "000", "38000", "138000", "0013800", "1380013800"):
        assert found(staffs, USERS, digits) == 0
    messages = "/admin/shop/outgoingmessage/"
    assert found(staffs, messages, "15900159000") == 1
    assert found(staffs, messages, "159001590") == 0


def found(client, page, term):
    return len(client.get(page, {"q": term}).context["cl"].result_list)
