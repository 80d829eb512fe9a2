from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_alice, make_bob, make_staff
from catalog.tests.factories import make_product
from shop import clock, due, journal, policy, retention
from shop.journal import Kind
from shop.models import AppendOnly, JournalEntry

pytestmark = pytest.mark.django_db

LIST = "/admin/shop/journalentry/"


def entries(**wanted):
    return list(JournalEntry.objects.filter(**wanted).order_by("pk"))


def sign_in(client, password=PASSWORD, identifier="13800138000"):
    fields = {"identifier": identifier, "password": password}
    return client.post("/accounts/login/", fields, REMOTE_ADDR="203.0.113.9")


# What is written down


def test_signing_in_and_out_is_written_down_with_who_where_and_which_request(client):
    alice = make_alice()
    response = sign_in(client)
    [entry] = entries(kind=Kind.SIGNED_IN)
    assert (entry.actor_id, entry.address) == (alice.pk, "203.0.113.9")
    assert entry.object_type == "accounts.user"
    assert entry.object_id == str(alice.pk)
    assert entry.request_id == response["X-Request-ID"]
    client.post("/accounts/logout/")
    [out] = entries(kind=Kind.SIGNED_OUT)
    assert out.actor_id == alice.pk


def test_a_visitor_who_signs_out_is_nobody(client):
    client.post("/accounts/logout/")
    assert not entries()


def test_the_door_of_the_admin_writes_down_too(client):
    make_staff("superuser", phone="13800138000")
    fields = {"username": "13800138000", "password": "wrong"}
    client.post("/admin/login/", fields)
    client.post("/admin/login/", fields | {"password": PASSWORD})
    assert [entry.kind for entry in entries()] == ["sign_in_failed", "signed_in"]


def test_a_wrong_password_is_written_down_at_the_account(client):
    alice = make_alice()
    sign_in(client, "wrong-password-1")
    [entry] = entries()
    assert (entry.kind, entry.object_id) == ("sign_in_failed", str(alice.pk))
    assert (entry.actor_id, entry.note) == (None, "")


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("13912345678", "139****5678"),
        ("Zhang@X.com", "z***@x.com"),
        # Perhaps a password in the wrong field.
        ("hunter2-hunter2", "***"),
        ("bad\nline 13912345678", "139****5678"),
    ],
)
def test_who_is_unknown_is_written_down_masked(client, typed, note):
    sign_in(client, identifier=typed)
    [entry] = entries()
    assert (entry.kind, entry.note, entry.object_id) == ("sign_in_failed", note, "")


def test_failures_cannot_fill_the_disk(client):
    for number in range(60):
        sign_in(client, identifier=f"139000000{number:02}")
    # Beyond the budget of an address nothing is looked at, and nothing written.
    assert len(entries()) == policy.whole("login_tries_per_address")


def test_a_changed_rule_is_written_down_once(client):
    root = make_staff("superuser")
    client.force_login(root)
    page = "/admin/shop/policy/low_stock/change/"
    client.post(page, {"value": "9"})
    client.post(page, {"value": "9"})
    assert policy.whole("low_stock") == 9
    [entry] = entries(kind=Kind.RULE_CHANGED)
    assert (entry.actor_id, entry.object_name) == (root.pk, "low_stock")
    assert entry.note == "5 → 9 units"


def test_a_refused_value_is_not(client):
    client.force_login(make_staff("superuser"))
    client.post("/admin/shop/policy/low_stock/change/", {"value": "-1"})
    assert not entries(kind=Kind.RULE_CHANGED)


def test_outside_of_a_request_it_was_the_shop_itself(client):
    sign_in(client, "wrong-password-1")
    policy.change("low_stock", "7")
    [entry] = entries(kind=Kind.RULE_CHANGED)
    assert (entry.actor_id, entry.address, entry.request_id) == (None, "", "")


def test_what_is_undone_was_not():
    with transaction.atomic():
        policy.change("low_stock", "7")
        transaction.set_rollback(True)
    assert not entries()


# Rights


def test_rights_given_and_taken_are_written_down(client):
    root, bob = make_staff("superuser"), make_bob()
    orders, support = (Group.objects.create(name=n) for n in ("orders", "support"))
    bob.groups.add(support)
    client.force_login(root)
    page = f"/admin/accounts/user/{bob.pk}/change/"
    fields = {"nickname": "Bob", "language": "en", "groups": [orders.pk]}
    fields |= {"is_active": "on", "is_staff": "on"}
    fields |= {"addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0}
    assert client.post(page, fields).status_code == 302
    [entry] = entries(kind=Kind.RIGHTS_CHANGED)
    assert (entry.actor_id, entry.object_id) == (root.pk, str(bob.pk))
    assert entry.note == "is_staff +, groups +orders -support"
    # Nothing changed: nothing to write.
    client.post(page, fields)
    assert len(entries(kind=Kind.RIGHTS_CHANGED)) == 1


def test_what_a_role_may_do_is_written_down(client):
    client.force_login(make_staff("superuser"))
    role = Group.objects.create(name="helpers")
    right = role.permissions.model.objects.get(codename="ship_order")
    page = f"/admin/auth/group/{role.pk}/"
    client.post(f"{page}change/", {"name": "helpers", "permissions": [right.pk]})
    client.post(f"{page}delete/", {"post": "yes"})
    changed = entries(kind=Kind.RIGHTS_CHANGED)
    assert [entry.note for entry in changed] == ["permissions +ship_order", "-"]
    assert {entry.object_name for entry in changed} == {"helpers"}


def test_a_password_that_staff_set_is_written_down(client):
    root, bob = make_staff("superuser"), make_bob()
    client.force_login(root)
    new = "quiet-harbour-77"
    fields = {"password1": new, "password2": new, "usable_password": "true"}
    client.post(f"/admin/accounts/user/{bob.pk}/password/", fields)
    bob.refresh_from_db()
    assert bob.check_password(new)
    [entry] = entries(kind=Kind.PASSWORD_CHANGED)
    assert (entry.actor_id, entry.object_id) == (root.pk, str(bob.pk))
    assert new not in str(entry.__dict__)


# Nobody changes it


def test_an_entry_is_neither_changed_nor_deleted():
    journal.record(Kind.EXPORTED)
    [entry] = entries()
    entry.note = "nothing happened"
    rows = JournalEntry.objects.filter(pk=entry.pk)
    for attempt in (
        entry.save,
        entry.delete,
        rows.delete,
        lambda: rows.update(note="nothing happened"),
        lambda: rows.bulk_update([entry], ["note"]),
        JournalEntry(pk=entry.pk, kind=Kind.EXPORTED, at=clock.now()).delete,
    ):
        with pytest.raises(AppendOnly):
            attempt()
    assert [kept.note for kept in entries()] == [""]


def test_one_cannot_be_written_over_by_its_key():
    journal.record(Kind.EXPORTED)
    [entry] = entries()
    forged = JournalEntry(pk=entry.pk, kind=Kind.REVEALED, at=clock.now())
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"), transaction.atomic():
        forged.save()
    assert [kept.kind for kept in entries()] == ["exported"]


def test_the_admin_only_shows_it(client):
    client.force_login(make_staff("superuser"))
    journal.record(Kind.EXPORTED)
    entry = entries()[-1]
    page = f"{LIST}{entry.pk}/change/"
    assert client.get(page).status_code == 200
    fields = {"note": "x", "_save": "1", "kind": "revealed"}
    assert client.post(page, fields).status_code == 403
    assert client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    action = {"action": "delete_selected", "_selected_action": [entry.pk]}
    client.post(LIST, action | {"post": "yes"})
    assert JournalEntry.objects.get(pk=entry.pk).note == ""


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("superuser", 200),
        ("readonly", 200),
        ("orders", 403),
        ("support", 403),
        ("catalogue", 403),
    ],
)
def test_who_may_read_it(client, role, status):
    client.force_login(make_staff(role))
    assert client.get(LIST).status_code == status


def test_nothing_that_is_typed_makes_a_second_line(client):
    alice = make_alice(nickname="A\n2026-01-01 signed_in root\u2028x\u202e")
    client.force_login(make_staff("superuser"))
    journal.record(Kind.REVEALED, about=alice, note="a\r\nb\u2028c\x1b[31m")
    [entry] = entries(kind=Kind.REVEALED)
    assert entry.note == "a b c [31m"
    assert entry.object_name == ""
    row = client.get(LIST, {"kind__exact": "revealed"}).text.partition("<tbody>")[2]
    assert row.count("<tr>") == 1


# Finding in it


def test_it_is_found_by_account_by_number_and_by_kind(client):
    alice, bob = make_alice(email="a@x.com"), make_bob()
    product = make_product()
    journal.record(Kind.EXPORTED, about=alice)
    journal.record(Kind.REVEALED, about=bob, actor=alice)
    journal.record(Kind.PRICE_CHANGED, about=product.variants.get())
    client.force_login(make_staff("readonly"))

    def found(**query):
        listed = client.get(LIST, query).context["cl"].result_list
        return sorted(entry.kind for entry in listed)

    assert found(q="13800138000") == found(q="a@x.com") == ["exported", "revealed"]
    assert found(q=product.variants.get().code) == ["price_changed"]
    assert found(q="nothing such") == []
    assert found(kind__exact="revealed") == ["revealed"]


def test_the_list_asks_as_often_for_twenty_lines_as_for_two(
    client, django_assert_num_queries, connection_queries
):
    client.force_login(make_staff("readonly"))
    for number in range(2):
        journal.record(Kind.REVEALED, actor=User.objects.get(), note=str(number))
    few = connection_queries(lambda: client.get(LIST))
    for number in range(20):
        journal.record(Kind.REVEALED, actor=make_staff("x"), note=str(number))
    with django_assert_num_queries(few):
        client.get(LIST)


# Forgetting


def test_what_is_too_old_goes_and_the_rest_stays(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    now = clock.now()
    with clock.at(now - timedelta(days=366)):
        for _ in range(7):
            journal.record(Kind.SIGNED_IN)
    with clock.at(now - timedelta(days=364)):
        journal.record(Kind.SIGNED_OUT)
    done = list(due.run(now, only=["forget_journal"]))
    assert [error for _deed, error in done] == [None] * 3
    assert [entry.kind for entry in entries()] == ["signed_out"]
    assert list(due.run(now, only=["forget_journal"])) == []


def test_how_long_is_the_shops_own_rule():
    with clock.at(clock.now() - timedelta(days=40)):
        journal.record(Kind.SIGNED_IN)
    list(due.run(clock.now()))
    assert len(entries()) == 1
    policy.change("journal_days", "30")
    list(due.run(clock.now()))
    assert [entry.kind for entry in entries()] == ["rule_changed"]


def test_two_requests_do_not_mix():
    alice, bob = make_alice(), make_bob()
    for user in (alice, bob):
        client = Client()
        client.force_login(user)
        client.post("/accounts/export/")
    assert [e.actor_id for e in entries(kind=Kind.EXPORTED)] == [alice.pk, bob.pk]


@pytest.mark.django_db
def test_the_managers_behind_the_scenes_refuse_too():
    journal.record(journal.Kind.EXPORTED)
    for manager in (JournalEntry.objects, JournalEntry._base_manager):
        with pytest.raises(AppendOnly):
            manager.all().update(note="forged")
        with pytest.raises(AppendOnly):
            manager.all().delete()
        with pytest.raises(AppendOnly):
            manager.bulk_create(
                [JournalEntry.objects.get()],
                update_conflicts=True,
                update_fields=["note"],
                unique_fields=["id"],
            )
