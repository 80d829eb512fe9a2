"""The second factor of staff (row A13, docs/security.md line 30)."""

import base64
import re
from collections import Counter
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_otp.models import Device

from accounts.models import Authenticator, Budget, RecoveryCode
from accounts.models.second_factor import MOST_FAILURES
from accounts.refusals import AlreadySetUp, NoSecondFactor, WrongToken
from accounts.services import second_factor as services
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.parallel import at_once
from accounts.tests.totp import token_of
from shop import clock, policy, secret_text
from shop.refusals import Refusal, Throttled

PHONE = "13600136000"
HOME, BEGIN, QR, CODES, TOKEN, REMOVE, NEW_CODES = (
    "/admin/second-factor/",
    "/admin/second-factor/begin/",
    "/admin/second-factor/qr/",
    "/admin/second-factor/codes/",
    "/admin/second-factor/token/",
    "/admin/second-factor/remove/",
    "/admin/second-factor/codes/new/",
)
LOGIN = "/admin/login/"
#: In the midst of a half minute, so that a slow test stays in it.
NOON = 1_800_000_015

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def phone_clock(monkeypatch):
    """Let the phone's clock stand; `phone_clock(30)` sets it forward."""
    moment = [float(NOON)]
    monkeypatch.setattr("accounts.models.second_factor.time", lambda: moment[0])

    def forward(seconds):
        moment[0] += seconds

    return forward


@pytest.fixture
def root(db):
    return make_user(phone=PHONE, is_staff=True, is_superuser=True, language="en")


@pytest.fixture
def device(root):
    return set_up(root)


def set_up(user):
    """Give an account a second factor without the pages."""
    return Authenticator.objects.create(
        user=user, confirmed=True, hidden_key=Authenticator.new_key()
    )


def sign_in(client=None, phone=PHONE, **fields):
    client = client or Client()
    response = client.post(LOGIN, {"username": phone, "password": PASSWORD, **fields})
    assert response.status_code == 302
    return client


def give(client, token, **fields):
    return client.post(TOKEN, {"token": token, **fields})


def impatient(device):
    """Let the pause after a wrong token be over."""
    Authenticator.objects.filter(pk=device.pk).update(throttling_failure_timestamp=None)


def is_inside(client):
    return client.get("/admin/").status_code == 200


def is_at(response, page):
    return response.status_code == 302 and urlsplit(response.url).path == page


def wrong(token):
    return f"{(int(token) + 1) % 1_000_000:06}"


# The door ------------------------------------------------------------------------


def test_the_token_opens_the_desk_after_the_password(root, device):
    client = sign_in(next="/admin/shop/policy/")
    response = client.get("/admin/shop/policy/?o=1")
    assert is_at(response, TOKEN)
    wish = parse_qs(urlsplit(response.url).query)["next"][0]
    assert wish == "/admin/shop/policy/?o=1"
    page = client.get(response.url)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "nav-sidebar" not in page.text
    key = client.session.session_key
    response = give(client, token_of(device.key, at=NOON), next=wish)
    assert (response.status_code, response.url) == (302, wish)
    assert client.session.session_key != key
    assert client.get(wish).status_code == 200
    assert is_at(client.get(TOKEN), "/admin/")


def every_admin_address():
    """Return a path for every pattern of the admin, with made-up arguments."""

    def walk(resolver, prefix):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, prefix + _path_of(entry))
            elif isinstance(entry, URLPattern):
                yield prefix + _path_of(entry)

    for entry in get_resolver().url_patterns:
        if getattr(entry, "namespace", "") == "admin":
            yield from walk(entry, "/admin/")


def _path_of(entry):
    text = str(entry.pattern).strip("^")
    text = re.sub(r"\(\?P<app_label>([a-z]+)[^)]*\)", r"\1", text)
    text = re.sub(r"\(\?P<url>\.\*\)", "no/such/page/", text)
    text = re.sub(r"<[^>]*>", "1", text)
    return text.replace("$", "").replace("\\", "")


def test_with_the_password_alone_every_address_leads_to_the_token(root, device):
    addresses = set(every_admin_address()) - {TOKEN, LOGIN, "/admin/logout/"}
    assert len(addresses) > 60
    assert {"/admin/", "/admin/jsi18n/", "/admin/no/such/page/"} <= addresses
    assert {HOME, CODES, REMOVE, "/admin/second-factor/reset/1/"} <= addresses
    client = sign_in()
    for address in sorted(addresses):
        for method in (client.get, client.post, client.put, client.head):
            assert is_at(method(address), TOKEN), address
        response = client.get(address, headers={"HX-Request": "true"})
        assert is_at(response, TOKEN), address
        for method in (client.get, client.post):
            response = method(address, headers={"Accept": "application/json"})
            assert response.status_code == 401, address
            assert response.json()["error"] == "second_factor_needed"


def test_no_address_of_the_admin_has_another_door():
    # A view that was hung in without `admin_view` would be its own hole.
    for address in set(every_admin_address()) - {LOGIN, "/admin/logout/"}:
        assert is_at(Client().get(address), LOGIN), address


def test_the_login_page_sends_on_to_the_token(root, device):
    client = sign_in()
    response = client.get(LOGIN, {"next": "/admin/shop/policy/"})
    assert is_at(response, TOKEN)
    assert parse_qs(urlsplit(response.url).query)["next"] == ["/admin/shop/policy/"]
    response = client.get(LOGIN, {"next": "//evil.example"})
    assert parse_qs(urlsplit(response.url).query)["next"] == ["/admin/"]


def test_leaving_is_free(root, device):
    client = sign_in()
    assert client.post("/admin/logout/").status_code == 200
    assert is_at(client.get(TOKEN), LOGIN)


def test_the_token_page_is_for_who_has_typed_the_password(client, alice, root, device):
    assert is_at(client.get(TOKEN), LOGIN)
    assert is_at(give(client, token_of(device.key, at=NOON)), LOGIN)
    client.force_login(alice)
    assert is_at(client.get(TOKEN), LOGIN)
    device.refresh_from_db()
    assert device.last_step == -1


@pytest.mark.parametrize("wish", ["//evil.example", "https://evil.example/", "\\\\x"])
def test_a_next_that_leaves_the_shop_is_ignored(root, device, wish):
    client = sign_in()
    response = give(client, token_of(device.key, at=NOON), next=wish)
    assert response.url == "/admin/"


def test_signing_out_forgets(root, device, phone_clock):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    assert is_inside(client)
    client.post("/admin/logout/")
    sign_in(client)
    assert is_at(client.get("/admin/"), TOKEN)


def test_signing_in_once_more_asks_once_more(root, device):
    client = sign_in()
    give(client, token_of(device.key, at=NOON))
    sign_in(client)
    assert is_at(client.get("/admin/"), TOKEN)


def test_one_session_opens_no_other(root, device):
    first, second = sign_in(), sign_in()
    give(first, token_of(device.key, at=NOON))
    assert is_inside(first)
    assert is_at(second.get("/admin/"), TOKEN)


def test_the_shop_itself_asks_for_no_token(root, device):
    client = Client()
    sent = {"identifier": PHONE, "password": PASSWORD}
    assert client.post("/accounts/login/", sent).status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert is_at(client.get("/admin/"), TOKEN)


def test_a_device_of_somebody_else_opens_nothing(root, device):
    eve = make_user(phone="13500135000", is_staff=True, is_superuser=True)
    hers = set_up(eve)
    client = sign_in()
    assert give(client, token_of(hers.key, at=NOON)).status_code == 200
    session = client.session
    session["otp_device_id"] = hers.persistent_id
    session.save()
    assert is_at(client.get("/admin/"), TOKEN)


# Tokens --------------------------------------------------------------------------

RFC_KEY = base64.b32encode(b"12345678901234567890").decode()
#: RFC 6238, appendix B, SHA1: the last six of its eight digits.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("at", "token"), VECTORS)
def test_the_known_answers_of_the_rfc(root, device, monkeypatch, at, token):
    assert token_of(RFC_KEY, at=at, digits=8) == token
    device.hidden_key = secret_text.hide(RFC_KEY)
    device.save()
    monkeypatch.setattr("accounts.models.second_factor.time", lambda: at)
    assert services.verify(user_id=root.pk, token=token[2:]) == device


@pytest.mark.parametrize(
    ("offset", "opens"), [(-60, 0), (-30, 1), (0, 1), (30, 1), (60, 0)]
)
def test_a_phone_may_be_half_a_minute_off(root, device, offset, opens):
    client = sign_in()
    response = give(client, token_of(device.key, at=NOON + offset))
    assert response.status_code == (302 if opens else 200)
    assert is_inside(client) is bool(opens)


def test_a_token_works_once_and_none_before_it(root, device, phone_clock):
    token, earlier = token_of(device.key, at=NOON), token_of(device.key, at=NOON - 30)
    assert give(sign_in(), token).status_code == 302
    client = sign_in()
    for used in (token, earlier):
        response = give(client, used)
        assert response.status_code == 200
        assert "used already" in response.text
        impatient(device)
    phone_clock(30)
    assert give(client, token_of(device.key, at=NOON + 30)).status_code == 302


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.translate({48 + n: 0xFF10 + n for n in range(10)}),
        lambda t: f" {t[:3]} {t[3:]} ",
    ],
)
def test_full_width_digits_and_spaces_are_digits(root, device, write):
    assert give(sign_in(), write(token_of(device.key, at=NOON))).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",
        "-12345",
        "1e5",
        "abcdef",
        "\x00",
        "²²²²²²",
        "٠١٢٣٤٥",
        "🐱",
    ],
)
def test_odd_tokens_are_no_500(root, device, typed):
    client = sign_in()
    for fields in ({"token": typed}, {"recovery_code": typed}):
        assert client.post(TOKEN, fields).status_code in (200, 429)
        impatient(device)
    assert not is_inside(client)


def test_a_key_that_cannot_be_read_opens_nothing(root, device):
    # The tokens of an empty key are known to everybody.
    device.hidden_key = "no longer to be opened"
    device.save()
    assert device.key == ""
    client = sign_in()
    for key in ("", "AAAAAAAA"):
        assert give(client, token_of(key, at=NOON)).status_code == 200
        impatient(device)
    assert not is_inside(client)


def test_five_tries_and_then_a_wait(root, device):
    client, moment = sign_in(), clock.now()
    token = token_of(device.key, at=NOON)
    with clock.at(moment):
        for _number in range(5):
            assert give(client, wrong(token)).status_code == 200
            impatient(device)
        response = give(client, token)
        assert response.status_code == 429
        assert "15 minutes" in response.text
        assert response["Retry-After"] == "900"
        # Nor from another session, nor with a recovery code.
        other = sign_in()
        assert give(other, token).status_code == 429
        assert other.post(TOKEN, {"recovery_code": "x"}).status_code == 429
    with clock.at(moment + timedelta(minutes=15, seconds=-1)):
        assert give(client, token).status_code == 429
    with clock.at(moment + timedelta(minutes=15)):
        assert give(client, token).status_code == 302


def test_after_a_wrong_token_the_device_pauses(root, device):
    client, token = sign_in(), token_of(device.key, at=NOON)
    assert give(client, wrong(token)).status_code == 200
    response = give(client, token)
    assert response.status_code == 429
    assert "1 second" in response.text
    # What was not looked at cost nothing.
    assert Budget.objects.get(pk=services._budget_of(root.pk)).used == 1


def test_the_pause_grows_no_more_than_the_owner_can_bear(root, device):
    for _number in range(MOST_FAILURES + 5):
        device.throttle_increment()
    _allowed, reason = device.verify_is_allowed()
    pause = reason["locked_until"] - device.throttling_failure_timestamp
    assert pause == timedelta(seconds=512)


def test_a_right_token_starts_anew(root, device, phone_clock):
    client, token = sign_in(), token_of(device.key, at=NOON)
    for _number in range(4):
        give(client, wrong(token))
        impatient(device)
    assert give(client, token).status_code == 302
    phone_clock(30)
    other = sign_in()
    for _number in range(4):
        assert give(other, wrong(token_of(device.key, at=NOON + 30))).status_code == 200
        impatient(device)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_clicks_at_once_one_token_is_accepted_once(many):
    root = make_user(phone=PHONE, is_staff=True)
    device = set_up(root)
    for round_number in range(many(quick=6, thorough=30)):
        Authenticator.objects.update(last_step=-1, throttling_failure_count=0)
        Budget.objects.all().delete()
        token = token_of(device.key, at=NOON)

        def show(token=token):
            return services.verify(user_id=root.pk, token=token)

        results = at_once(*[show] * 4)
        opened = [each for each in results if isinstance(each, Authenticator)]
        assert len(opened) == 1, (round_number, results)
        assert all(isinstance(e, (Authenticator, Refusal)) for e in results), results


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_guesses_at_once_five_are_looked_at(monkeypatch, many):
    root = make_user(phone=PHONE, is_staff=True)
    device = set_up(root)
    looked = []
    # Without the device's own pause, which would let even fewer through.
    monkeypatch.setattr(Authenticator, "get_throttle_factor", lambda self: 0)
    fits = Authenticator._fits
    monkeypatch.setattr(
        Authenticator, "_fits", lambda self, t: looked.append(t) or fits(self, t)
    )
    guess = wrong(token_of(device.key, at=NOON))
    number = many(quick=12, thorough=50)
    answers = at_once(*[lambda: services.verify(user_id=root.pk, token=guess)] * number)
    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {WrongToken: 5, Throttled: number - 5}
    assert len(looked) == 5


# Setting up ----------------------------------------------------------------------


def begin(client):
    assert is_at(client.post(BEGIN), HOME)
    page = client.get(HOME)
    return re.search(r'data-test="key">([A-Z2-7 ]+)<', page.text)[1]


def enrol(client, token_for=None):
    key = begin(client)
    response = client.post(HOME, {"token": token_of(key, at=NOON)})
    assert is_at(response, CODES), response.text
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", client.get(CODES).text)
    return key, codes


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


# Recovery codes ------------------------------------------------------------------


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


# Giving it up --------------------------------------------------------------------


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


# The shop's rules ----------------------------------------------------------------


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
