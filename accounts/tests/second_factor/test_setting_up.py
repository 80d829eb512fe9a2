"""Setting the second factor up (row A13)."""

import base64
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django_otp.models import Device

from accounts.models import Authenticator, RecoveryCode
from accounts.refusals import AlreadySetUp
from accounts.services import second_factor as services
from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from accounts.tests.second_factor.desk import (
    BEGIN,
    CODES,
    HOME,
    NOON,
    PHONE,
    QR,
    TOKEN,
    begin,
    enrol,
    give,
    is_at,
    is_inside,
    sign_in,
    wrong,
)
from accounts.tests.totp import token_of
from shop import clock

pytestmark = pytest.mark.django_db


def test_setting_it_up(root):
    client = sign_in()
    assert "Set it up" in client.get(HOME).text
    assert not Authenticator.objects.exists()
    key = begin(client)
    assert len(key.split()) == 8
    page = client.get(HOME).text
    assert f"secret={key.replace(' ', '')}" in page
    picture = client.get(QR)
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert b"<svg" in picture.content
    # Not yet in use.
    assert is_inside(sign_in())
    before = client.session.session_key
    response = client.post(HOME, {"token": token_of(key, at=NOON)})
    assert is_at(response, CODES)
    assert client.session.session_key != before
    assert is_inside(client)
    assert client.get(QR).status_code == 404
    assert is_at(sign_in().get("/admin/"), TOKEN)


def test_a_wrong_first_token_turns_nothing_on(root):
    client = sign_in()
    key = begin(client)
    response = client.post(HOME, {"token": wrong(token_of(key, at=NOON))})
    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert key in response.text
    assert is_inside(sign_in())


def test_the_first_token_does_not_sign_in_as_well(root):
    key, _codes = enrol(sign_in())
    assert give(sign_in(), token_of(key, at=NOON)).status_code == 200


def test_only_the_session_that_began_sees_the_key(root):
    client, other = sign_in(), sign_in()
    key = begin(client)
    assert other.get(QR).status_code == 404
    assert key not in other.get(HOME).text
    theirs = begin(other)
    assert theirs != key
    # A key begun elsewhere since is another one: this session has none any more.
    assert client.get(QR).status_code == 404
    client.post(HOME, {"token": token_of(key, at=NOON)})
    assert not Authenticator.objects.filter(confirmed=True).exists()
    make_user(phone="13500135000", is_staff=True)
    session = sign_in(phone="13500135000")
    kept = session.session
    kept["second_factor_setup"] = Authenticator.objects.get(user=root).pk
    kept.save()
    assert session.get(QR).status_code == 404


def test_the_key_is_asked_for_with_a_fresh_password_only(root):
    moment = clock.now()
    with clock.at(moment):
        client = sign_in()
        begin(client)
    with clock.at(moment + timedelta(minutes=15, seconds=1)):
        for send, page in (
            (client.get, HOME),
            (client.get, QR),
            (client.post, BEGIN),
            (client.post, HOME),
        ):
            assert is_at(send(page), "/admin/confirm-password/"), page
    assert not Authenticator.objects.filter(confirmed=True).exists()


def test_a_key_in_use_is_not_replaced(root, device):
    with pytest.raises(AlreadySetUp):
        services.begin(user_id=root.pk)
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    assert client.post(BEGIN).status_code == 302
    assert Authenticator.objects.get() == device


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_begun_twice_at_once_there_is_one_key():
    root = make_user(phone=PHONE, is_staff=True)
    results = at_once(*[lambda: services.begin(user_id=root.pk)] * 4)
    assert all(isinstance(each, Authenticator) for each in results), results
    assert Authenticator.objects.count() == 1


def test_a_stolen_table_opens_no_door(root):
    key, codes = enrol(sign_in())
    device = Authenticator.objects.get()
    plain = key.replace(" ", "")
    assert device.key == plain
    rows = str(Authenticator.objects.values_list()) + str(
        RecoveryCode.objects.values_list("digest", flat=True)
    )
    secret = base64.b32decode(plain)
    for spelling in (plain, secret.hex(), base64.b64encode(secret).decode()):
        assert spelling not in rows
    for code in codes:
        assert code not in rows
        assert code.replace("-", "") not in rows


def test_djangos_admin_shows_no_device():
    for model in apps.get_models():
        if issubclass(model, (Device, RecoveryCode)):
            assert not admin.site.is_registered(model), model
    assert not apps.is_installed("django_otp.plugins.otp_totp")
    assert not apps.is_installed("django_otp.plugins.otp_static")
