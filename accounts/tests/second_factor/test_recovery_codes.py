"""Recovery codes (row A13)."""

import re
from datetime import timedelta

import pytest

from accounts.models import Authenticator, RecoveryCode
from accounts.refusals import NoSecondFactor
from accounts.services import second_factor as services
from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once
from accounts.tests.second_factor.desk import (
    CODES,
    HOME,
    NEW_CODES,
    NOON,
    PHONE,
    REMOVE,
    TOKEN,
    enrol,
    give,
    impatient,
    is_at,
    is_inside,
    set_up,
    sign_in,
)
from accounts.tests.totp import token_of
from shop import clock

pytestmark = pytest.mark.django_db


def test_ten_codes_are_shown_once(root):
    client = sign_in()
    _key, codes = enrol(client)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([2-9a-z]{4}-){3}[2-9a-z]{4}", code) for code in codes)
    download = client.get(f"{CODES}download/")
    assert download["Content-Disposition"].startswith("attachment")
    assert all(code in download.text for code in codes)
    assert "no-store" in download["Cache-Control"]
    assert not any(code in str(dict(client.session)) for code in codes)
    assert is_at(client.post(CODES), "/admin/")
    assert is_at(client.get(CODES), HOME)
    assert client.get(f"{CODES}download/").status_code == 404


def test_the_page_of_codes_closes_by_itself(root):
    moment = clock.now()
    with clock.at(moment):
        client = sign_in()
        enrol(client)
    with clock.at(moment + timedelta(minutes=10)):
        assert is_at(client.get(CODES), HOME)


def test_a_recovery_code_works_once_in_any_spelling(root):
    _key, codes = enrol(sign_in())
    spelled = codes[0].upper().replace("-", " ")
    full_width = "".join(chr(ord(c) + 0xFEE0) if c != "-" else c for c in codes[1])
    for code in (spelled, full_width):
        client = sign_in()
        assert client.post(TOKEN, {"recovery_code": code}).status_code == 302, code
        assert is_inside(client)
    again = sign_in().post(TOKEN, {"recovery_code": codes[0]})
    assert again.status_code == 200
    assert 'id="id_recovery_code_error" role="alert"' in again.text
    assert RecoveryCode.objects.count() == 8


def test_a_code_of_somebody_else_opens_nothing(root):
    _key, codes = enrol(sign_in())
    eve = make_user(phone="13500135000", is_staff=True)
    set_up(eve)
    client = sign_in(phone="13500135000")
    assert client.post(TOKEN, {"recovery_code": codes[0]}).status_code == 200
    assert RecoveryCode.objects.count() == 10


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_recovery_code_used_twice_at_once_works_once():
    root = make_user(phone=PHONE, is_staff=True)
    set_up(root)
    code = services.write_recovery_codes(user_id=root.pk)[0].replace("-", "")
    results = at_once(*[lambda: services.verify(user_id=root.pk, token=code)] * 4)
    opened = [each for each in results if isinstance(each, Authenticator)]
    assert len(opened) == 1, results
    assert RecoveryCode.objects.count() == 9


def test_new_codes_kill_the_old_ones(root):
    client = sign_in()
    _key, old = enrol(client)
    assert is_at(client.post(NEW_CODES), CODES)
    new = re.findall(r"<code>([a-z0-9-]+)</code>", client.get(CODES).text)
    assert len(new) == 10
    assert sign_in().post(TOKEN, {"recovery_code": old[0]}).status_code == 200
    impatient(Authenticator.objects.get())
    assert sign_in().post(TOKEN, {"recovery_code": new[0]}).status_code == 302


def test_new_codes_need_a_fresh_password(root, device):
    moment = clock.now()
    with clock.at(moment):
        client = sign_in()
        give(client, token_of(device.key, at=NOON))
    with clock.at(moment + timedelta(minutes=15, seconds=1)):
        assert is_at(client.post(NEW_CODES), "/admin/confirm-password/")
        assert is_at(client.post(REMOVE), "/admin/confirm-password/")
    assert not RecoveryCode.objects.exists()


def test_without_a_second_factor_there_are_no_codes(root):
    client = sign_in()
    assert client.post(NEW_CODES).status_code == 302
    assert not RecoveryCode.objects.exists()
    with pytest.raises(NoSecondFactor):
        services.write_recovery_codes(user_id=root.pk)
