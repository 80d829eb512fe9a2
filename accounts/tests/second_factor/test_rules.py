"""Who must have a second factor, and what it costs (row A13)."""

from datetime import timedelta

import pytest

from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.second_factor.desk import (
    BEGIN,
    HOME,
    LOGIN,
    NOON,
    QR,
    TOKEN,
    enrol,
    every_admin_address,
    give,
    is_at,
    is_inside,
    set_up,
    sign_in,
)
from accounts.tests.totp import token_of
from shop import clock, policy

pytestmark = pytest.mark.django_db


def test_by_itself_it_is_up_to_each(root):
    client = sign_in()
    page = client.get("/admin/").text
    assert 'data-test="second-factor-hint"' in page
    set_up(root)
    assert is_at(client.get("/admin/"), TOKEN)


@pytest.mark.parametrize(
    ("level", "superuser", "staff"), [(0, 1, 1), (1, 0, 1), (2, 0, 0)]
)
def test_who_must_have_one(root, level, superuser, staff):
    make_user(phone="13500135000", is_staff=True)
    policy.change("staff_second_factor", str(level))
    assert is_inside(sign_in()) is bool(superuser)
    assert is_inside(sign_in(phone="13500135000")) is bool(staff)


def test_forced_and_without_one_only_setting_up_is_open(root):
    policy.change("staff_second_factor", "1")
    client = sign_in()
    open_ones = {HOME, BEGIN, QR, LOGIN, "/admin/logout/", "/admin/confirm-password/"}
    for address in set(every_admin_address()) - open_ones - {TOKEN}:
        assert is_at(client.get(address), HOME), address
        assert is_at(client.post(address), HOME), address
    page = client.get(HOME)
    assert "asks you for a second factor" in page.text
    assert "nav-sidebar" not in page.text
    enrol(client)
    assert is_inside(client)


def test_forced_and_stale_the_password_comes_first(root):
    policy.change("staff_second_factor", "1")
    moment = clock.now()
    with clock.at(moment):
        client = sign_in()
    with clock.at(moment + timedelta(minutes=16)):
        response = client.get(HOME)
        assert is_at(response, "/admin/confirm-password/")
        assert client.get(response.url).status_code == 200
        sent = {"password": PASSWORD, "next": HOME}
        assert is_at(client.post("/admin/confirm-password/", sent), HOME)
        assert client.get(HOME).status_code == 200


def test_a_rule_turned_on_meets_open_sessions_too(root):
    client = sign_in()
    assert is_inside(client)
    policy.change("staff_second_factor", "2")
    assert is_at(client.get("/admin/"), HOME)


def test_shoppers_are_not_asked(as_alice):
    policy.change("staff_second_factor", "2")
    assert as_alice.get("/accounts/").status_code == 200


def test_inside_the_door_costs_one_query(root, device, connection_queries):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    inside = connection_queries(lambda: client.get("/admin/jsi18n/"))
    assert inside <= 3  # session, account, device


def test_the_phones_clock_is_not_the_shops(root, device):
    client = sign_in()
    with clock.at(clock.now() + timedelta(days=30)):
        response = give(client, token_of(device.key, at=NOON))
    # The login is too old by then, but the token is as good as ever.
    assert response.status_code == 302
    device.refresh_from_db()
    assert device.last_step == NOON // 30


def test_nothing_secret_is_logged(root, caplog):
    caplog.set_level(0)
    key, codes = enrol(sign_in())
    give(sign_in(), "000000")
    for secret in (key.replace(" ", ""), *codes):
        assert secret not in caplog.text
