"""Giving the second factor up (row A13)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Authenticator
from accounts.services import second_factor as services
from accounts.tests.factories import make_user
from accounts.tests.second_factor.desk import (
    HOME,
    NOON,
    PHONE,
    REMOVE,
    give,
    impatient,
    is_at,
    is_inside,
    set_up,
    sign_in,
    wrong,
)
from accounts.tests.totp import token_of
from shop import clock, policy

pytestmark = pytest.mark.django_db


def test_removing_it_needs_the_token(root, device, phone_clock):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    assert client.get(REMOVE).status_code == 200
    phone_clock(30)
    token = token_of(device.key, at=NOON + 30)
    assert client.post(REMOVE, {"token": wrong(token)}).status_code == 200
    impatient(device)
    assert Authenticator.objects.exists()
    assert is_at(client.post(REMOVE, {"token": token}), HOME)
    assert not Authenticator.objects.exists()
    assert is_inside(client)
    assert is_inside(sign_in())


def test_a_superuser_takes_a_colleagues_lost_one_away(root):
    carol = make_user(phone="13500135000", nickname="Carol", is_staff=True)
    device = set_up(carol)
    hers = sign_in(phone="13500135000")
    give(hers, token_of(device.key, at=NOON))
    assert is_inside(hers)
    client, page = sign_in(), reverse("admin:second-factor-reset", args=[carol.pk])
    account = f"/admin/accounts/user/{carol.pk}/change/"
    assert page in client.get(account).text
    assert "Carol" in client.get(page).text
    assert Authenticator.objects.exists()
    assert is_at(client.post(page), account)
    assert not Authenticator.objects.exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (root, str(carol.pk))
    assert "removed" in entry.change_message
    assert client.post(page, follow=True).status_code == 200


def test_with_the_policy_on_who_lost_it_has_to_set_up_a_new_one(root):
    carol = make_user(phone="13500135000", is_staff=True)
    device = set_up(carol)
    policy.change("staff_second_factor", "2")
    hers = sign_in(phone="13500135000")
    give(hers, token_of(device.key, at=NOON))
    services.reset(user_id=carol.pk, by_id=root.pk)
    assert is_at(hers.get("/admin/"), HOME)


def test_a_reset_is_for_superusers_and_not_for_oneself(root, device):
    carol = make_user(phone="13500135000", is_staff=True)
    hers = sign_in(phone="13500135000")
    assert hers.post(f"/admin/second-factor/reset/{root.pk}/").status_code == 403
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    for person, status in ((root.pk, 403), (make_user().pk, 404), (10**9, 404)):
        page = f"/admin/second-factor/reset/{person}/"
        assert client.post(page).status_code == status
    assert Authenticator.objects.filter(user=root).exists()
    moment = clock.now() + timedelta(minutes=16)
    with clock.at(moment):
        page = f"/admin/second-factor/reset/{carol.pk}/"
        assert is_at(client.post(page), "/admin/confirm-password/")


def test_the_operators_command(root, device, capsys):
    call_command("second_factor", "reset", "136 0013 6000")
    assert "is removed" in capsys.readouterr().out
    assert is_inside(sign_in())
    assert LogEntry.objects.get().object_id == str(root.pk)
    for phone in (PHONE, "13911139111", "nonsense"):
        with pytest.raises(CommandError):
            call_command("second_factor", "reset", phone)
    with pytest.raises(CommandError):
        call_command("second_factor", "disable", PHONE)
